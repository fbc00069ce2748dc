// One finger or the mouse moves, two fingers pinch, nothing pressed hovers.
function drag(canvas, { moved, pinched, hovered, left }) {
  const down = new Map();
  canvas.addEventListener("pointerdown", (event) => {
    down.set(event.pointerId, event.clientX);
    canvas.setPointerCapture(event.pointerId);
    left();
    if (event.pointerType !== "mouse") hovered(event);
  });
  for (const kind of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(kind, (event) => down.delete(event.pointerId));
  }
  canvas.addEventListener("pointermove", (event) => {
    if (!down.has(event.pointerId)) {
      hovered(event);
      return;
    }
    const before = [...down.values()];
    const by = event.clientX - down.get(event.pointerId);
    down.set(event.pointerId, event.clientX);
    const now = [...down.values()];
    if (now.length === 1) moved(by);
    else pinched(Math.abs(before[0] - before[1]) / Math.max(1, Math.abs(now[0] - now[1])), (now[0] + now[1]) / 2);
  });
  canvas.addEventListener("pointerleave", left);
}
