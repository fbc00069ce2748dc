;;; proof-checker.el --- Coq through proof-checker lsp and eglot, with a goals buffer  -*- lexical-binding: t -*-

;; (load "/path/to/editors/proof-checker.el") in your init file; then M-x eglot in a .v file.
;; M-x proof-checker-goals shows the goals at point; M-x proof-checker-query asks coqc.
;; With Proof General installed its coq-mode is used; else a plain mode of this name.

(require 'eglot)

(unless (fboundp 'coq-mode)
  (define-derived-mode coq-mode prog-mode "Coq"
    (setq-local comment-start "(*" comment-end "*)"))
  (add-to-list 'auto-mode-alist '("\\.v\\'" . coq-mode)))

(add-to-list 'eglot-server-programs '(coq-mode . ("proof-checker" "lsp")))

(cl-defmethod eglot-handle-notification (_server (_method (eql $/coq/fileProgress)) &rest _)
  "What is at work: not shown.")
(cl-defmethod eglot-handle-notification (_server (_method (eql $/proofChecker/workers)) &rest _)
  "Who is at work: not shown.")

(defun proof-checker--goal (goal)
  "The text of one GOAL."
  (concat
   (mapconcat (lambda (hyp)
                (concat (mapconcat #'identity (plist-get hyp :names) ", ")
                        (let ((def (plist-get hyp :def))) (if def (concat " := " def) ""))
                        " : " (plist-get hyp :ty)))
              (plist-get goal :hyps) "\n")
   "\n  ============================\n  " (plist-get goal :ty) "\n"))

(defun proof-checker-goals-text ()
  "The goals at point, as text."
  (let* ((asked (append (eglot--TextDocumentPositionParams) nil))
         (answer (jsonrpc-request (eglot--current-server-or-lose) :proof/goals asked))
         (goals (plist-get answer :goals))
         (wrong (plist-get answer :error)))
    (concat (if wrong (concat "Error: " wrong "\n\n") "")
            (if goals
                (mapconcat #'proof-checker--goal (plist-get goals :goals) "\n")
              "no proof is open here"))))

(defun proof-checker-goals ()
  "Show the goals at point."
  (interactive)
  (let ((text (proof-checker-goals-text)))
    (with-current-buffer (get-buffer-create "*goals*")
      (erase-buffer)
      (insert text)
      (display-buffer (current-buffer)))))

(defun proof-checker-query (words)
  "What coqc says to WORDS, such as `Search nat.', at point."
  (interactive "sQuery: ")
  (let* ((place (eglot--TextDocumentPositionParams))
         (uri (plist-get (plist-get place :textDocument) :uri)))
    (message "%s" (jsonrpc-request
                   (eglot--current-server-or-lose) :workspace/executeCommand
                   (list :command "proofChecker.query"
                         :arguments (vector uri (plist-get place :position) words))))))

(provide 'proof-checker)
;;; proof-checker.el ends here
