-- Neovim (0.7 or newer, built-in client): proof-checker lsp for .v files, with a goals window.
--
--   :luafile /path/to/editors/proof-checker.lua     in init.vim, or
--   dofile("/path/to/editors/proof-checker.lua")    in init.lua
--
-- :Goals opens the goals window, which follows the cursor; :CoqQuery Search nat. asks coqc;
-- :CoqWorkers tells who is at work, as status() of this module does for a status line.

local M = { cmd = { "proof-checker", "lsp" } }
local client, goals_buffer

local function root_of(path)
  local found = vim.fn.findfile("_CoqProject", vim.fn.fnamemodify(path, ":h") .. ";")
  return vim.fn.fnamemodify(found ~= "" and found or path, ":p:h")
end

function M.attach()
  client = client or vim.lsp.start_client({
    name = "proof-checker",
    cmd = M.cmd,
    root_dir = root_of(vim.api.nvim_buf_get_name(0)),
    handlers = {
      ["$/coq/fileProgress"] = function(_, told) M.processing = told.processing end,
      ["$/proofChecker/workers"] = function(_, told) M.workers = told.workers end,
    },
  })
  vim.lsp.buf_attach_client(0, client)
end

local function lines_of(goal, number)
  local lines = { "goal " .. number }
  for _, hyp in ipairs(goal.hyps) do
    local def = hyp.def and hyp.def ~= vim.NIL and (" := " .. hyp.def) or ""
    vim.list_extend(lines, vim.split(table.concat(hyp.names, ", ") .. def .. " : " .. hyp.ty, "\n"))
  end
  table.insert(lines, "  ============================")
  vim.list_extend(lines, vim.split("  " .. goal.ty, "\n"))
  table.insert(lines, "")
  return lines
end

-- The answer to proof/goals as lines of text.
function M.text_of(answer)
  if not answer or answer == vim.NIL then return { "no answer" } end
  local lines = {}
  if answer.error and answer.error ~= vim.NIL then
    vim.list_extend(lines, vim.split("Error: " .. answer.error, "\n"))
  end
  local goals = answer.goals
  if not goals or goals == vim.NIL then
    return #lines > 0 and lines or { "no proof is open here" }
  end
  for number, goal in ipairs(goals.goals) do vim.list_extend(lines, lines_of(goal, number)) end
  local others = 0
  for _, pair in ipairs(goals.stack) do others = others + #pair[1] + #pair[2] end
  if #goals.goals == 0 then table.insert(lines, "no goal is in focus") end
  if others > 0 then table.insert(lines, others .. " not in focus") end
  if #goals.shelf > 0 then table.insert(lines, #goals.shelf .. " on the shelf") end
  if #goals.given_up > 0 then table.insert(lines, #goals.given_up .. " given up") end
  return lines
end

local _, give_up -- what was asked before

function M.ask(answered)
  if give_up then pcall(give_up) end
  local asked = vim.lsp.util.make_position_params(0, "utf-16")
  asked.textDocument.version = vim.lsp.util.buf_versions[vim.api.nvim_get_current_buf()]
  _, give_up = vim.lsp.buf_request(0, "proof/goals", asked, function(problem, answer)
    if not problem then answered(M.text_of(answer)) end
  end)
end

function M.show_goals()
  if not (goals_buffer and vim.api.nvim_buf_is_valid(goals_buffer)) then return end
  M.ask(function(lines) vim.api.nvim_buf_set_lines(goals_buffer, 0, -1, false, lines) end)
end

function M.open_goals()
  local window = vim.api.nvim_get_current_win()
  vim.cmd("botright vnew")
  goals_buffer = vim.api.nvim_get_current_buf()
  vim.bo.buftype, vim.bo.bufhidden, vim.bo.swapfile = "nofile", "wipe", false
  vim.api.nvim_set_current_win(window)
  M.show_goals()
end

function M.query(words)
  local place = vim.lsp.util.make_position_params(0, "utf-16")
  local asked = { command = "proofChecker.query",
    arguments = { place.textDocument.uri, place.position, words } }
  vim.lsp.buf_request(0, "workspace/executeCommand", asked,
    function(_, answer) print(answer or "no answer") end)
end

-- Who is at work, on one line.
function M.status()
  local told = {}
  for _, worker in ipairs(M.workers or {}) do
    local proof = worker.proof ~= vim.NIL and worker.proof or worker.file
    table.insert(told, string.format("%s %.1f s, %d MB", proof, worker.seconds, worker.memory / 2^20))
  end
  return #told > 0 and "at work: " .. table.concat(told, "; ") or "nothing is at work"
end

vim.api.nvim_create_user_command("CoqWorkers", function() print(M.status()) end, {})
vim.api.nvim_create_user_command("Goals", M.open_goals, {})
vim.api.nvim_create_user_command("CoqQuery", function(o) M.query(o.args) end, { nargs = "+" })
vim.api.nvim_create_autocmd({ "BufRead", "BufNewFile" }, { pattern = "*.v", callback = M.attach })
vim.api.nvim_create_autocmd({ "CursorMoved", "CursorMovedI", "TextChanged", "TextChangedI" },
  { pattern = "*.v", callback = M.show_goals })
return M
