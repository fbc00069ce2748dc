" proof-checker in Vim, by ALE (tried: Vim 9.0, ALE 3.3):
"
"     source /path/to/proof-makefile/editors/proof-checker.vim
"
" before a .v file is opened. ALE shows errors as they come; :ALEHover, :ALEGoToDefinition,
" :ALESymbolSearch and completion (let g:ale_completion_enabled = 1) ask the server.

autocmd BufRead,BufNewFile *.v setlocal filetype=coq

let g:ale_linters = extend(get(g:, 'ale_linters', {}), {'coq': ['proof_checker']})

call ale#Set('coq_proof_checker_executable', 'proof-checker')
call ale#linter#Define('coq', {
\   'name': 'proof_checker',
\   'lsp': 'stdio',
\   'executable': {buffer -> ale#Var(buffer, 'coq_proof_checker_executable')},
\   'command': '%e lsp',
\   'project_root': {buffer -> fnamemodify(bufname(buffer), ':p:h')},
\})
