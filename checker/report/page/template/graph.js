// The graph: what a file is joined to stands out while it is pointed at, and it leads to its proofs.

function graph(goToProofs) {
  const arrows = [...document.querySelectorAll(".arrow")];
  for (const box of document.querySelectorAll(".box")) {
    const { file } = box.dataset;
    const joined = arrows.filter(({ dataset }) => dataset.begins === file || dataset.ends === file);
    const mark = (isShown) => joined.forEach((arrow) => arrow.classList.toggle("shown", isShown));
    for (const event of ["pointerenter", "focus"]) box.addEventListener(event, () => mark(true));
    for (const event of ["pointerleave", "blur"]) box.addEventListener(event, () => mark(false));
    box.addEventListener("click", (event) => {
      event.preventDefault();
      goToProofs(file);
    });
  }
}
