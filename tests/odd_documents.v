(* Small documents with something odd in each: what the engine says of them is what coqc says.
   tests/test_odd_documents.py puts lemmas before each one. *)

(* ==== a name that a tactic makes *)
Lemma a : True.
Proof. transparent_abstract (exact I) using bar. Qed.
Check bar.

(* ==== the lemma that abstract makes *)
Lemma a : True.
Proof. assert True by abstract (exact I). exact I. Qed.
Check a_subproof.
Lemma b : True. Proof. exact a_subproof. Qed.

(* ==== Save under another name *)
Lemma a : True.
Proof. exact I. Save bar.
Check bar.
Lemma c : True. Proof. exact a. Qed.

(* ==== a goal saved under a name *)
Goal True.
Proof. exact I. Save bar.
Lemma c : True. Proof. exact bar. Qed.

(* ==== goals without name *)
Goal True.
Proof. exact I. Qed.
Goal 1=1. Proof. reflexivity. Qed.
Lemma c : 1=1. Proof. exact Unnamed_thm0. Qed.

(* ==== a wrong nested proof *)
Set Nested Proofs Allowed.
Lemma a : True.
Proof.
Lemma b : 1=2. Proof. reflexivity. Qed.
exact I. Qed.

(* ==== a nested proof *)
Set Nested Proofs Allowed.
Lemma a : True.
Proof.
Lemma b : 1=1. Proof. reflexivity. Qed.
exact I. Qed.
Lemma c : 1=1. Proof. exact b. Qed.

(* ==== a name taken already *)
Lemma pre0 : 3 = 3.
Proof. reflexivity. Qed.

(* ==== an inconsistent universe *)
Definition T1 := Type. Definition T2 := Type.
Lemma u1 : True.
Proof. pose (x := T1 : T2). exact I. Qed.

(* ==== lemmas proved together *)
Lemma ev (n:nat) (H: n=n) : True
with od (n:nat) (H: n=n) : True.
Proof. exact I. exact I. Qed.
Check od.

(* ==== lemmas that prove each other *)
Lemma ev (n:nat) : False
with od (n:nat) : False.
Proof. exact (od n). exact (ev n). Qed.

(* ==== a fixpoint that never ends *)
Fixpoint f (n:nat) : nat.
Proof. exact (f n). Qed.
Lemma z : True. Proof. exact I. Qed.

(* ==== a fixpoint by tactics *)
Fixpoint f (n:nat) : nat.
Proof. destruct n. exact 0. exact (f n). Guarded. Qed.
Lemma z : f 0 = f 0. Proof. reflexivity. Qed.

(* ==== an instance by tactics *)
Class C (n:nat) := { c : n = n }.
Instance i : C 3.
Proof. constructor. reflexivity. Qed.
Lemma z : C 3. Proof. typeclasses eauto. Qed.

(* ==== an instance that lacks a field *)
Class C (n:nat) := { c : n = n; d : n = n + 0 }.
Instance i : C 3 := { c := eq_refl }.
Proof. reflexivity. Qed.
Lemma z : C 3. Proof. exact _. Qed.

(* ==== a coercion *)
Axiom A B : Set. Axiom f : A -> B.
#[local] Coercion f : A >-> B.
Lemma z : A -> B. Proof. intro x. exact (x : B). Qed.

(* ==== Derive *)
Require Import Derive.
Derive p SuchThat (p = 3) As h.
Proof. subst p. reflexivity. Qed.
Lemma z : p = 3. Proof. exact h. Qed.

(* ==== an opaque Let *)
Section S. Variable n:nat.
Let l : n = n.
Proof. reflexivity. Qed.
Lemma z : n = n. Proof using. exact l. Qed.
End S.

(* ==== an opaque Let, closed over *)
Section S. Variable n:nat.
Let l : n = n.
Proof. reflexivity. Qed.
Lemma z : n = n. Proof using n. exact l. Qed.
End S.
Check (z 3 : 3=3).

(* ==== a proof that uses more than it declares *)
Section S. Variable n:nat. Variable H : n = 3.
Lemma z : n = 3. Proof using n. exact H. Qed.
Lemma y : n=3. Proof using All. exact z. Qed.
End S.

(* ==== an opaque body that is needed *)
Lemma v : nat.
Proof. exact 3. Qed.
Lemma z : v = 3. Proof. reflexivity. Qed.

(* ==== a definition by tactics, opaque and not *)
Definition v : nat.
Proof. exact 3. Qed.
Definition w : nat.
Proof. exact 3. Defined.
Lemma z : w = 3. Proof. reflexivity. Qed.
Lemma zz : v = 3. Proof. reflexivity. Qed.

(* ==== Program *)
Require Import Program.
Program Definition v : {n : nat | n = 3} := 3.
Program Lemma pl : {n : nat | n = 4}.
Proof. exists 4. reflexivity. Qed.
Obligation Tactic := idtac.
Program Definition w : {n : nat | n = 3} := 3.
Next Obligation. reflexivity. Qed.
Lemma z : proj1_sig w = 3. Proof. reflexivity. Qed.

(* ==== a wrong obligation *)
Require Import Program.
Obligation Tactic := idtac.
Program Definition w : {n : nat | n = 3} := 4.
Next Obligation. reflexivity. Qed.

(* ==== Fail and Succeed *)
Fail Lemma a : 1.
Fail Definition x := y.
Succeed Definition x := 1.
Lemma b : True. Proof. Fail exact 1. exact I. Fail idtac. Qed.

(* ==== Show, all: and Unshelve *)
Lemma a : True /\ True. Proof. Show. split; [exact I|]. Show 1. all: exact I. Unshelve. Qed.

(* ==== a wrong proof term *)
Lemma a : True. Proof I.
Lemma b : 1 = 2. Proof eq_refl.

(* ==== a proof without Proof *)
Lemma a : 1 = 1. Proof eq_refl.
Lemma b : True.
exact I.
Qed.

(* ==== a tactic too much *)
Lemma a : True. Proof. exact I. exact I. Qed.

(* ==== an unfinished proof at the end *)
Lemma a : True. Proof. exact I.

(* ==== an unfinished proof before another *)
Lemma a : True. Proof. exact I.
Lemma b : True. Proof. exact I. Qed.

(* ==== Qed twice *)
Lemma a : True. Proof. exact I. Qed. Qed.

(* ==== a bullet out of place *)
Lemma a : True /\ True. Proof. split. - exact I. + exact I. Qed.

(* ==== a module type with a proof *)
Module Type T. Lemma a : True. Proof. exact I. Qed. End T.
Module M : T. Lemma a : True. Proof. exact I. Qed. End M.
Lemma z : True. Proof. exact M.a. Qed.

(* ==== a module that does not fit its type *)
Module Type T. Axiom a : 1 = 1. End T.
Module M : T. Lemma a : 1 = 1 /\ True. Proof. split; auto. Qed. End M.

(* ==== a functor *)
Module Type T. Axiom a : 1 = 1. End T.
Module F (X:T). Lemma b : 1 = 1. Proof. exact X.a. Qed. Lemma c : 1 = 2. Proof. exact X.a. Qed. End F.

(* ==== Ltac2 loaded *)
From Ltac2 Require Import Ltac2.
Set Default Proof Mode "Classic".
Lemma a : True. Proof. exact I. Qed.

(* ==== a mutable Ltac2 definition *)
From Ltac2 Require Import Ltac2.
Ltac2 mutable x := 1.
Lemma a : True. Proof. exact I. Qed.
Ltac2 Set x := 2.
Lemma b : True. Proof. let y := x in if Int.equal y 2 then exact I else fail. Qed.

(* ==== state that Ltac2 keeps between proofs *)
From Ltac2 Require Import Ltac2.
Ltac2 Type r := { mutable v : int }.
Ltac2 s := { v := 0 }.
Lemma a : True. Proof. s.(v) := 1; exact I. Qed.
Lemma b : True. Proof. if Int.equal (s.(v)) 1 then exact I else fail. Qed.

(* ==== Set in a proof *)
Lemma a : True. Proof. Set Printing All. exact I. Qed.
Lemma b : True. Proof. exact I. Qed.

(* ==== Local Unset in a proof *)
Lemma a : True. Proof. Local Unset Guard Checking. exact I. Qed.
Fixpoint f (n:nat) : False := f n.

(* ==== Hint in a proof *)
Axiom Q : Prop. Axiom q : Q.
Lemma a : True. Proof. Hint Resolve q : core. exact I. Qed.
Lemma b : Q. Proof. auto. Qed.

(* ==== Timeout and Time *)
Timeout 10 Lemma a : True. Time Proof. Time exact I. Time Qed.
Lemma b : True. Proof. Timeout 5 exact I. Timeout 5 Qed.

(* ==== Qed in a string and in a comment *)
Lemma a : True.
Proof. (* Qed. *) idtac "Qed. (*". exact I. Qed.

(* ==== a polymorphic lemma *)
#[universes(polymorphic)] Lemma a@{u} : forall A:Type@{u}, A -> A. Proof. intros A x. exact x. Qed.
Lemma b : nat -> nat. Proof. exact (a nat). Qed.

(* ==== Universe Polymorphism *)
Set Universe Polymorphism.
Lemma a : forall A:Type, A -> A. Proof. intros A x. exact x. Qed.
Definition b := a _ a.

(* ==== mangled names *)
Set Mangle Names.
Lemma a : forall n:nat, n = n. Proof. intros. reflexivity. Qed.

(* ==== attributes *)
#[local] Lemma a : True. Proof. exact I. Qed.
#[deprecated(note="x")] Lemma b : True. Proof. exact I. Qed.
Lemma c : True. Proof. exact b. Qed.

(* ==== a notation with dots *)
Notation "x .+1" := (S x) (at level 2, left associativity, format "x .+1").
Lemma a : forall n, n.+1 = S n. Proof. intro n. exact (eq_refl (n.+1)). Qed.

(* ==== a hole in a statement *)
Lemma a : forall x, x = _ 0. Proof. Admitted.

(* ==== Abort and Restart *)
Lemma a : 1=2. Proof. Abort.
Lemma b : 1 = 1. Proof. Abort All.
Lemma a : 1=1. Proof. Restart. reflexivity. Qed.

(* ==== admit and Qed *)
Lemma a : 1=2. Proof. admit. Qed.

(* ==== admit and Admitted *)
Lemma a : 1=2. Proof. admit. Admitted.
Lemma b : 1=2. Proof. exact a. Qed.

(* ==== give_up *)
Lemma a : 1=2. Proof. give_up. Qed.

(* ==== Print Assumptions *)
Axiom X : False. Lemma a : 1=2. Proof. destruct X. Qed.
Print Assumptions a.

(* ==== Extraction *)
Require Extraction.
Definition v : {n:nat | n = 3}. Proof. exists 3. reflexivity. Qed.
Extraction v.

(* ==== Print and Compute *)
Lemma a : 1=1. Proof. reflexivity. Qed.
Print a.
Compute a.

(* ==== a section *)
Section S. Variable a : nat. Lemma b : a = a. Proof. reflexivity. Qed. End S.
Lemma c : forall x, x = x :> nat. Proof. exact b. Qed.

(* ==== Context *)
Section S. Context (a : nat) {H : a = 3}. Lemma b : a = 3. Proof. exact H. Qed. Lemma b2 : True. Proof. exact I. Qed. End S.
Lemma c : 3 = 3. Proof. exact (b 3 eq_refl). Qed.
Lemma d : True. exact b2. Qed.

(* ==== a section variable used in passing *)
Section S. Context (a : nat) {H : a = 3}. Lemma b : a = 3. Proof. exact H. Qed. Lemma b2 : True. Proof. pose H. exact I. Qed. End S.
Lemma c : 3 = 3. Proof. exact (b 3 eq_refl). Qed.
Lemma d : True. exact b2. Qed.

(* ==== a default that is too little *)
Set Default Proof Using "Type".
Section S. Variables (a : nat) (H : a = 3). Lemma b : a = 3. Proof. exact H. Qed. End S.

(* ==== a default that is all *)
Set Default Proof Using "All".
Section S. Variables (a : nat) (H : a = 3). Lemma b : True. Proof. exact I. Qed. End S.
Check (b 3 eq_refl).

(* ==== ssreflect *)
Require Import ssreflect.
Lemma a : forall n:nat, n = n.
Proof. by move=> n; done. Qed.
Lemma b : forall n:nat, n = n -> n = n.
Proof. by []. Qed.
Lemma c: 1=2. Proof. done. Qed.

(* ==== a symbol that is no token *)
Lemma é : ∀ x, x = 1.
Proof. reflexivity. Qed.

(* ==== UTF-8 *)
Notation "∀ x , P" := (forall x, P) (at level 200, x binder).
Lemma é : ∀ x , x = 1.
Proof. (* ∀∀ *) reflexivity. Qed.

(* ==== a warning that is an error *)
Set Warnings "+deprecated".
#[deprecated(note="x")] Definition old := 1.
Lemma a : 1 = 1. Proof. pose old. reflexivity. Qed.

(* ==== an open comment *)
Lemma a : 1 = 1. Proof. reflexivity. Qed. (* unclosed

(* ==== an open string *)
Lemma a : 1 = 1. Proof. reflexivity " . Qed.
Lemma b : 1 = 1. Proof. reflexivity. Qed.

(* ==== a wrong token *)
Lemma a : 1 = 1. Proof. reflexivity ) . Qed.
Lemma b : 1 = 2. Proof. reflexivity. Qed.

(* ==== Drop *)
Drop.

(* ==== Quit *)
Quit.
Lemma b : 1 = 2. Proof. reflexivity. Qed.

(* ==== Reset *)
Reset pre1.
Lemma pre1 : 3 = 3. Proof. reflexivity. Qed.

(* ==== Undo *)
Lemma a : 1 = 1. Proof. idtac. Undo. reflexivity. Qed.

(* ==== End of another section *)
Section A. Lemma a : 1 = 1. Proof. reflexivity. Qed. End B.

(* ==== decide equality *)
Require Import Setoid.
Scheme Equality for nat.
Lemma a : forall n m : nat, n = m -> m = n. Proof. intros n m H. rewrite H. reflexivity. Qed.
Inductive t := A | B.
Lemma dec : forall x y : t, {x=y}+{x<>y}. Proof. decide equality. Qed.
Lemma use : t -> True. Proof. intro x. destruct (dec x x). exact I. exact I. Qed.

(* ==== rewriting schemes *)
Inductive t := A | B.
Unset Elimination Schemes.
Inductive u : Prop := C : u -> u | D.
Lemma a : forall x : u, True. Proof. intro x. exact I. Qed.
Lemma b : forall x y : nat, x = y -> y = x. Proof. intros x y H. rewrite H. reflexivity. Qed.
Lemma c : forall (x y:nat) (H: x = y), H = H. Proof. intros. rewrite <- H. reflexivity. Qed.
Check internal_eq_rew_r_dep.

(* ==== a lemma in Type *)
Lemma a : Type. Proof. exact (Type -> Type). Qed.
Check a.
Lemma b : Type. Proof. exact a. Qed.
