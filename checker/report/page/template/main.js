// Puts the parts together.

const drawn = timeline();
const proofs = proofsTable(DATA.timeline && ((file, name) => drawn.goTo(file, name)));

function goToProofs(file) {
  proofs.searchFor(file);
  byId("proofs").scrollIntoView();
  byId("proofs-search").focus({ preventScroll: true });
}

filesTable(goToProofs);
graph(goToProofs);
if (byId("history-table")) historyTable();
