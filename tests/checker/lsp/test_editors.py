"""Real editors on the server, with our files: Debian's neovim, elpa-eglot and vim-ale."""

import shutil
from pathlib import Path

import pytest

from tests.checker.lsp.test_server import TEXT
from tests.helpers import REPOSITORY, Coq

pytestmark = pytest.mark.full

LUA = """
local ours = dofile("{file}")
vim.cmd("edit {source}")
vim.wait(60000, function() return #vim.diagnostic.get(0) > 0 end, 50)
for _, d in ipairs(vim.diagnostic.get(0)) do print("line", d.lnum, d.message) end
vim.api.nvim_win_set_cursor(0, {{4, 5}})
local told
ours.ask(function(lines) told = lines end)
vim.wait(60000, function() return told ~= nil end, 20)
print(table.concat(told or {{"no answer"}}, "\\n"))
vim.api.nvim_buf_set_lines(0, 8, 9, false, {{"Lemma second : 1 = 1."}})
vim.wait(60000, function() return #vim.diagnostic.get(0) == 0 end, 20)
print("left:", #vim.diagnostic.get(0))
vim.cmd("qa!")
"""
LISP = """
(load "{file}")
(find-file "{source}")
(call-interactively 'eglot)
(let ((n 0))
  (while (and (< n 600) (not (flymake-diagnostics)))
    (accept-process-output nil 0.1) (setq n (1+ n))))
(dolist (d (flymake-diagnostics))
  (message "line %s %s" (1- (line-number-at-pos (flymake-diagnostic-beg d)))
           (flymake-diagnostic-text d)))
(goto-char (point-min)) (forward-line 3) (forward-char 6)
(message "%s" (proof-checker-goals-text))
(kill-emacs 0)
"""
VIM = """
packadd ale
source {file}
edit {source}
function! Wait(is_good)
  for i in range(600)
    if empty(ale#engine#GetLoclist(bufnr(""))) == a:is_good | break | endif
    sleep 100m
  endfor
endfunction
call Wait(0)
for found in ale#engine#GetLoclist(bufnr(""))
  call writefile(["line " . found.lnum . " " . found.text], "told", "a")
endfor
call setline(9, "Lemma second : 1 = 1.")
doautocmd TextChanged
call Wait(1)
call writefile(["left: " . len(ale#engine#GetLoclist(bufnr("")))], "told", "a")
qa!
"""
GOAL = "n : nat\nIHn : n + 0 = n\n  ============================\n  S n + 0 = S n"


def script(folder: Path, name: str, text: str, ours: str) -> Path:
    """The editor's script, beside a document."""
    (folder / "a.v").write_text(TEXT)
    file = REPOSITORY / "editors" / ours
    (folder / name).write_text(text.format(file=file, source=folder / "a.v"))
    return folder / name


@pytest.mark.skipif(not shutil.which("nvim"), reason="apt-get install neovim")
def test_neovim_shows_the_error_and_the_goals(coq: Coq, tmp_path: Path) -> None:
    lua = script(tmp_path, "t.lua", LUA, "proof-checker.lua")
    command = ("nvim", "--headless", "-u", "NONE", "-c", f"luafile {lua}")
    done = coq.run(*command, cwd=tmp_path)
    told = (done.stdout + done.stderr).replace("\r", "")
    assert 'line 10 Unable to unify "2" with "1".' in told
    assert GOAL in told
    assert "left: 0" in told


@pytest.mark.skipif(not shutil.which("emacs"), reason="apt-get install emacs-nox elpa-eglot")
def test_eglot_shows_the_error_and_the_goals(coq: Coq, tmp_path: Path) -> None:
    lisp = script(tmp_path, "t.el", LISP, "proof-checker.el")
    done = coq.run("emacs", "-q", "--batch", "-l", lisp, cwd=tmp_path)
    told = done.stdout + done.stderr
    assert 'Unable to unify "2" with "1".' in told
    assert GOAL in told


@pytest.mark.skipif(not Path("/usr/share/vim-ale").exists(), reason="apt-get install vim-ale")
def test_vim_shows_the_error_and_that_it_is_mended(coq: Coq, tmp_path: Path) -> None:
    vim = script(tmp_path, "t.vim", VIM, "proof-checker.vim")
    coq.run("vim", "-es", "-N", "-u", "NONE", "-S", vim, cwd=tmp_path)
    told = (tmp_path / "told").read_text()
    assert told == 'line 11 Unable to unify "2" with "1".\nleft: 0\n'
