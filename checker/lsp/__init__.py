"""The language server: see docs/lsp.md."""
