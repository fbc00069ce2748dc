#!/bin/bash
# Records a session of Neovim with the language server: writes neovim.md beside this file.
# Needs nvim, tmux, and proof-checker on PATH (pip install 'proof-makefile[lsp]').
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
session=recording-$$
trap 'tmux kill-session -t "$session" 2> /dev/null || true; rm -rf "$folder"' EXIT

cat > "$folder/demo.v" << 'V'
Require Import Arith.
Lemma add_0_r : forall n : nat, n + 0 = n.
Proof.
  induction n as [| n IH].
  - reflexivity.
  - simpl.
    rewrite IH.
    reflexivity.
Qed.

Lemma wrong : forall n : nat, n + 0 = S n.
Proof.
  intro n.
  rewrite add_0_r.
  reflexivity.
Qed.

Lemma long : True.
Proof. do 40000000 idtac. exact I. Qed.
V
cat > "$folder/init.lua" << LUA
vim.o.laststatus, vim.o.ruler, vim.o.swapfile = 2, false, false
Coq = dofile("$here/../../editors/proof-checker.lua")
vim.o.statusline = " %t   %{v:lua.Coq.status()}"
vim.fn.timer_start(200, function() vim.cmd("redrawstatus") end, { ["repeat"] = -1 })
LUA

shot() { # title
  printf '\n%s\n\n```text\n' "$1"
  tmux capture-pane -p -t "$session" | sed 's/[[:space:]]*$//'
  printf '```\n'
}
keys() { tmux send-keys -t "$session" "$@"; }

tmux new-session -d -s "$session" -x 100 -y 24 -c "$folder" "nvim -u init.lua demo.v"
{
  echo "# A session of Neovim"
  echo
  echo "Made by \`docs/recordings/neovim.sh\`: Neovim with \`editors/proof-checker.lua\`, as it was on the screen."
  sleep 4
  shot "The file is opened: who is at work is in the status line."
  sleep 12
  keys ":Goals" Enter "6G" "8|"
  sleep 1
  shot "All is checked. The goals window follows the cursor, here behind \`simpl.\`:"
  keys "15G" "4|"
  sleep 1
  shot "At the wrong tactic, coqc's error and the goal that it met:"
  keys ":11s/S n/n/" Enter
  sleep 4
  shot "The statement is mended: the error is gone."
} > "$here/neovim.md.new"
mv "$here/neovim.md.new" "$here/neovim.md"
