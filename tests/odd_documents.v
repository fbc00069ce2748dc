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

(* ==== lemmas proved together, one of them not *)
Lemma ev (n:nat) : n = n
with od (n:nat) : n = n.
Proof. - reflexivity. Qed.
Lemma after : True. Proof. exact I. Qed.
Check od.

(* ==== lemmas proved together, with a mistake in the middle *)
Lemma ev (n:nat) : n = n
with od (n:nat) : n = 0 -> n = n
with ud (n:nat) : True.
Proof. - reflexivity. - intros H. exact H. - exact I. Qed.
Lemma after : 3 = 3. Proof. exact (od 3). Qed.

(* ==== lemmas proved together by each other *)
Inductive T := t0 | t1 (u : U) with U := u0 | u1 (t : T).
Lemma a (t : T) : t = t
with b (u : U) : u = u.
Proof. - destruct t; [| specialize (b u)]; reflexivity. - destruct u; [| specialize (a t)]; reflexivity. Qed.
Lemma c (t : T) : t = t with d (u : U) : u = u.
Proof. - destruct t; reflexivity. - apply d. Qed.
Lemma e : t0 = t0. Proof. exact (c t0). Qed.

(* ==== lemmas proved together in a section *)
Section S. Variables (v w : nat) (H : v = v). Let l := w + 1. Hypothesis unused : l = l.
Lemma a : forall n : nat, n = n with b : forall n : nat, v = v \/ n = w.
Proof. - intros n; reflexivity. - intros n; left; reflexivity. Qed.
Lemma a2 : forall n : nat, l = l with b2 : forall n : nat, n = n.
Proof. - reflexivity. - intros n; exact (match H with eq_refl => eq_refl end). Qed.
Lemma a3 : forall n : nat, v = v with b3 : forall n : nat, n = n with c3 : forall n : nat, w = w.
intros. exact eq_refl. intros. exact eq_refl. intros. exact eq_refl. Qed.
Lemma a4 : forall n : nat, n = n with b4 : forall n : nat, n = n.
Proof. all: reflexivity. Qed.
Lemma a5 : forall n : nat, v = v with b5 : forall n : nat, n = n.
Proof using w. - intros. reflexivity. - intros. reflexivity. Qed.
End S.
Check a : nat -> nat -> forall n : nat, n = n.
Check b : forall v w n : nat, v = v \/ n = w.
Check a2 : forall v w : nat, v = v -> forall n : nat, w + 1 = w + 1.
Check b2 : forall v : nat, nat -> v = v -> forall n : nat, n = n.
Check b3 : nat -> nat -> forall n : nat, n = n.
Check a4 : forall n : nat, n = n.
Check b5 : nat -> nat -> forall n : nat, n = n.

(* ==== lemmas proved together that use more than they say *)
Section S. Variables (v w : nat) (H : v = v).
Lemma a : forall n : nat, n = n with b : forall n : nat, n = n.
Proof using v. - intros n; exact (match H with eq_refl => eq_refl end). - intros n; reflexivity. Qed.
Lemma c : v = v. Proof. reflexivity. Qed.
End S.
Check b : nat -> forall n : nat, n = n.

(* ==== lemmas proved together under Type *)
Section S. Variables (v w : nat).
Lemma a : forall n : nat, v = v with b : forall n : nat, w = w.
Proof using Type. - intros n; reflexivity. - intros n; reflexivity. Qed.
Lemma c : w = w. Proof. exact (b 3). Qed.
End S.
Lemma d : 4 = 4. Proof. exact (b 3 4 5). Qed.

(* ==== lemmas proved together under a default *)
Set Default Proof Using "Type".
Section S. Variables (v w : nat).
Lemma a : forall n : nat, v = v /\ w = w with b : forall n : nat, w = w.
Proof. - intros n; split; reflexivity. - intros n; reflexivity. Qed.
Lemma a2 : forall n : nat, v = v with b2 : forall n : nat, w = w.
Proof. - intros n; reflexivity. - intros n; reflexivity. Qed.
End S.
Lemma d : 4 = 4. Proof. exact (b 3 4 5). Qed.

(* ==== lemmas proved together that a command asks for *)
Lemma a : forall n : nat, n = n with b : forall n : nat, n = n.
Proof. - reflexivity. - reflexivity. Qed.
Lemma c : True. Proof. exact I. Qed.
Strategy 10 [b].

(* ==== universes of lemmas proved together *)
Lemma a (A : Type) : forall n : nat, n = n with b (B : Set) : forall n : nat, n = n.
Proof. - reflexivity. - reflexivity. Qed.
Check Type@{b.u0}.
Lemma c : True. Proof. exact I. Qed.
Check Type@{a.u0}.

(* ==== universes of lemmas proved together, which fail *)
Lemma a (A : Type) : forall n : nat, n = n with b (B : Set) : forall n : nat, n = n.
Proof. - reflexivity. - reflexivity. Qed.
Fail Check Type@{b.u0}.

(* ==== attributes of lemmas proved together *)
Module M.
#[local] Theorem a (n : nat) : n = n with b {n : nat} : n = n.
Proof. - reflexivity. - reflexivity. Qed.
Local Fact c (n : nat) : n = n with d (n : nat) : n = n. Proof. - reflexivity. - reflexivity. Qed.
End M.
Import M. Fail Check b.
Check (M.b : 3 = 3). Check (M.b (n := 3) : 3 = 3).
#[deprecated(note="x")] Lemma e (n : nat) : n = n with f (n : nat) : n = n.
Proof. - reflexivity. - reflexivity. Qed.
Set Warnings "+deprecated".
Lemma g : 3 = 3. Proof. exact (f 3). Qed.

(* ==== a statement with a word like with *)
Notation "'rel' x 'with' y" := (x = y) (at level 70, x at level 60).
Lemma a : forall n : nat, rel n with n. Proof. reflexivity. Qed.
Section S. Variable v : nat.
Lemma b : rel v with v. Proof. reflexivity. Qed.
Lemma c : forall f : nat -> nat, match v with 0 => True | _ => True end. Proof. destruct v; intros; exact I. Qed.
End S.
Check b : forall v : nat, v = v. Check c 3 : forall f : nat -> nat, True.

(* ==== fixpoints that are proved *)
Fixpoint f (n : nat) : n = n. Proof. destruct n; reflexivity. Qed.
Section S. Variable v : nat.
Fixpoint g (n : nat) {struct n} : n = n with h (n : nat) : v = v.
Proof. - reflexivity. - destruct n; [reflexivity | exact (h n)]. Qed.
Fixpoint k (n : nat) (m : nat) : True. Proof using v. destruct n. exact I. exact (k n m). Qed.
End S.
CoInductive St := sc (n : nat) (s : St).
CoFixpoint s : St. Proof. exact (sc 0 s). Qed.
Check (g 3 4 : 4 = 4). Check (k 1 2 3).
Fixpoint bad (n : nat) (m : nat) : True. Proof. exact (bad n m). Qed.
Lemma c : s = s. Proof. reflexivity. Qed.

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

(* ==== abstract and a name taken *)
Lemma a : True. Proof. assert True by abstract (exact I). exact I. Qed.
Lemma a_subproof : 1 = 1. Proof. reflexivity. Qed.
Lemma b : True. Proof. exact I. Qed.

(* ==== abstract using and a name taken *)
Lemma a : True. Proof. assert True by abstract (exact I) using foo. exact I. Qed.
Lemma foo : 1 = 1. Proof. reflexivity. Qed.
Lemma b : True. Proof. exact I. Qed.

(* ==== with_strategy *)
Lemma a : True. Proof. exact I. Qed.
Lemma b : True. Proof. with_strategy transparent [a] exact I. Qed.
Lemma c : True. Proof. exact I. Qed.

(* ==== Transparent by another name *)
Lemma a : True. Proof. exact I. Qed.
Notation b := a.
Lemma c : True. Proof. exact I. Qed.
Transparent b.
Lemma d : True. Proof. exact I. Qed.

(* ==== variables that Admitted would forget *)
Unset Keep Admitted Variables.
Section S. Variables (a : nat) (H : a = 3).
Lemma b : a = a. Proof using H. exact eq_refl. Qed.
End S.
Lemma c : 3 = 3. Proof. exact (b 3 eq_refl). Qed.
Lemma d : True. Proof. exact I. Qed.

(* ==== variables that Admitted would forget, with a mistake *)
Unset Keep Admitted Variables.
Section S. Variables (a : nat) (H : a = 3).
Lemma b : a = a. Proof using H. exact eq_refl. Qed.
End S.
Lemma c : 3 = 3. Proof. exact (b 3). Qed.
Lemma d : True. Proof. exact I. Qed.

(* ==== variables that Admitted would forget, not declared *)
Unset Keep Admitted Variables.
Section S. Variables (a : nat) (H : a = 3).
Lemma b : a = a. Proof. pose H. exact eq_refl. Qed.
End S.
Lemma c : 3 = 3. Proof. exact (b 3). Qed.
Lemma d : True. Proof. exact I. Qed.

(* ==== a variable named All *)
Section S. Variables (All a : nat).
Lemma b : All = All. Proof. reflexivity. Qed.
Lemma b2 : True. Proof. pose All. exact I. Qed.
End S.
Lemma c : 3 = 3. Proof. exact (b 3). Qed.
Lemma d : True. Proof. exact (b2 3). Qed.

(* ==== a variable named All, with a mistake *)
Section S. Variables (All a : nat).
Lemma b : All = All. Proof. reflexivity. Qed.
Lemma b2 : True. Proof. pose All. exact I. Qed.
End S.
Lemma c : 3 = 3. Proof. exact (b 3). Qed.
Lemma d : True. Proof. exact (b2 3 4). Qed.

(* ==== local lemmas in a module *)
Module M. Local Lemma a : True. Proof. exact I. Qed. #[local] Lemma a2 : True. Proof. exact I. Qed. End M.
Import M.
Fail Check a. Fail Check a2.
Lemma b : True. Proof. exact M.a. Qed.

(* ==== local lemmas in a module, with a mistake *)
Module M. Local Lemma a : True. Proof. exact I. Qed. Lemma a2 : True. Proof. exact I. Qed. End M.
Import M.
Lemma b : True. Proof. exact a2. Qed.
Lemma c : True. Proof. exact a. Qed.

(* ==== a deprecated lemma *)
#[deprecated(note="x")] Lemma b : True. Proof. exact I. Qed.
Set Warnings "+deprecated".
Lemma c : True. Proof. exact b. Qed.
Lemma d : True. Proof. exact I. Qed.

(* ==== a lemma that warns *)
#[warn(note="x",cats="foo")] Lemma b : True. Proof. exact I. Qed.
Set Warnings "+foo".
Lemma c : True. Proof. exact b. Qed.

(* ==== warnings that are errors *)
Set Warnings "+all".
Local Lemma a : True. Proof. exact I. Qed.
Section S. Variables (a : nat) (H : a = 3).
Local Lemma b : a = a. Proof. pose H. reflexivity. Qed.
Lemma b2 : a = a. Proof. reflexivity. Qed.
Lemma b3 : a = a. Proof using. reflexivity. Qed.
End S.
Lemma c : True. Proof. exact I. Qed.
Definition x : nat. exact 3. Qed.
Instance i : C 3. Proof. exact I. Qed.

(* ==== unfold of a lemma *)
Lemma a : nat. Proof. exact 3. Qed.
Lemma b : a = a. Proof. Fail unfold a. Fail cbv delta [a]. try unfold a. reflexivity. Qed.
Lemma c : a = a. Proof. unfold a. reflexivity. Qed.

(* ==== Canonical of an opaque definition *)
Record R := { c :> Type; o : c }.
Definition r : R. Proof. exact (Build_R nat 0). Qed.
Lemma d : True. Proof. exact I. Qed.
Canonical Structure r.
Lemma e : True. Proof. exact I. Qed.

(* ==== proofs that print what an answer looks like *)
Section S. Variables (a : nat) (H : a = 3).
Lemma b : a = 3.
Proof.
idtac "The proof of b should start with one of the following commands: Proof using a. ".
exact H. Qed.
Lemma b2 : True.
Proof.
idtac "The proof of b should start with one of the following commands: Proof using a. ".
pose H. exact I. Qed.
Lemma b3 : True.
Proof.
idtac "The proof of b should start with one of the following commands: Proof using a. ".
exact I. Qed.
End S.
Lemma d : 3 = 3. Proof. exact (b 3 eq_refl). Qed.
Lemma e : True. Proof. exact (b2 3 eq_refl). Qed.
Lemma f : True. Proof. exact b3. Qed.
Lemma g : True. Proof. exact (b2 3). Qed.

(* ==== Ltac2 in a section *)
From Ltac2 Require Import Ltac2.
Section S. Variables (a : nat) (H : a = 3).
Lemma b : a = a. Proof. pose H. reflexivity. Qed.
Lemma b2 : a = a. Proof. reflexivity. Qed.
Lemma b3 : a = a. reflexivity. Qed.
End S.
Lemma c : 3 = 3. Proof. exact (b 3 eq_refl). Qed.
Lemma d : 3 = 3. Proof. exact (b3 3). Qed.
Lemma e : 3 = 3. Proof. exact (b2 3 eq_refl). Qed.

(* ==== clearbody Let *)
Section S. Variable n : nat.
#[clearbody] Let k := n.
Lemma b : k = k. Proof. reflexivity. Qed.
Lemma b2 : True. Proof. pose k. exact I. Qed.
End S.
Lemma d : True. Proof. exact (b2 3). Qed.
Lemma e : True. Proof. exact b2. Qed.

(* ==== implicit arguments and scopes *)
Require Import ZArith.
Lemma a {x : nat} (y : x = 3) : x = 3. Proof. exact y. Qed.
Lemma a2 [x : nat] (y : x = 3) : x = 3. Proof. exact y. Qed.
Lemma a3 (z : Z) : z = z. Proof. reflexivity. Qed.
Lemma b : 3 = 3. Proof. exact (a (x:=3) eq_refl). Qed.
Lemma b2 : 3 = 3. Proof. exact (a2 eq_refl). Qed.
Lemma b3 : (3 = 3)%Z. Proof. exact (a3 3). Qed.
Lemma b4 : (3 = 3)%Z. Proof. exact (a3 3%nat). Qed.

(* ==== Set Implicit Arguments *)
Set Implicit Arguments. Set Contextual Implicit. Set Maximal Implicit Insertion. Set Strict Implicit.
Lemma a : forall (x : nat) (y : x = 3), x = 3. Proof. exact (fun _ y => y). Qed.
Lemma b : 3 = 3. Proof. exact (a eq_refl). Qed.
Section S. Variables (n : nat) (H : n = 3).
Lemma c : n = 3. Proof. exact H. Qed.
Lemma c2 : n = 3. Proof. exact c. Qed.
End S.
Lemma d : 3 = 3. Proof. exact (c eq_refl). Qed.
Lemma e : 3 = 3. Proof. exact (c 3 eq_refl). Qed.

(* ==== using twice *)
Section S. Variables (n : nat) (H : n = 3).
#[using="H"] Lemma c : n = 3. Proof using n. exact H. Qed.
Lemma c2 : n = 3. Proof using H. exact H. Qed.
End S.

(* ==== a cofix that is refused *)
CoInductive s := C : s -> s.
Lemma c : s. Proof. cofix c. exact c. Qed.
Lemma d : True. Proof. exact I. Qed.

(* ==== a kernel error at Qed *)
Definition U := Type.
Lemma c : U. Proof. exact_no_check (U : Type). Qed.
Lemma d : True. Proof. change_no_check False. exact_no_check I. Qed.
Lemma e : 1 = 2. Proof. exact_no_check (eq_refl 1). Qed.

(* ==== vm_cast_no_check *)
Lemma e : 1 + 1 = 2. Proof. vm_cast_no_check (eq_refl 2). Qed.
Lemma d : 1 = 2. Proof. vm_cast_no_check (eq_refl 2). Qed.

(* ==== Proof with *)
Lemma a : True /\ True. Proof with auto. split... Qed.
Lemma b : True /\ 1 = 2. Proof with auto. split... Qed.
Section S. Variables (n : nat) (H : n = 3).
Lemma c : n = 3. Proof with auto. idtac... Qed.
Lemma e : n = 3. Proof using H with auto. idtac... Qed.
Lemma f : n = 3. Proof with auto using H. idtac... Qed.
End S.
Check (c 3 eq_refl).

(* ==== sections in sections *)
Section S. Variable n : nat.
Section T. Hypothesis H : n = 3.
Lemma a : n = 3. Proof. exact H. Qed.
Lemma a2 : n = n. Proof. reflexivity. Qed.
End T.
Lemma b : n = 3 -> n = 3. Proof. exact a. Qed.
Lemma b2 : n = n. Proof. exact a2. Qed.
Lemma b3 : True. Proof. pose a2. exact I. Qed.
End S.
Lemma c : 3 = 3. Proof. exact (b 3 eq_refl). Qed.
Lemma d : True. Proof. exact (b3 3). Qed.
Lemma e : True. Proof. exact b3. Qed.

(* ==== Context with instances *)
Class C (n : nat) := c : n = n.
Section S. Context `{C 3} (m : nat) `{forall k, C k}.
Lemma a : 3 = 3. Proof. exact (c (n:=3)). Qed.
Lemma b : 3 = 3. Proof. exact a. Qed.
End S.
Lemma d : 3 = 3. Proof. exact (b (H:=eq_refl)). Qed.
Lemma e : 3 = 3. Proof. exact (@b eq_refl). Qed.

(* ==== a functor parameter *)
Module Type T. Parameter t : Type. Parameter x : t. End T.
Module F (X : T) (Y : T with Definition t := X.t). Lemma a : X.t. Proof. exact Y.x. Qed. Lemma b : X.t = Y.t. Proof. reflexivity. Qed. End F.
Declare Module N : T.
Lemma z : N.t. Proof. exact N.x. Qed.
Module G := F N.

(* ==== Unset Guard Checking *)
Unset Guard Checking.
Lemma a : forall n : nat, False. Proof. fix a 1. intro n. exact (a n). Qed.
Set Guard Checking.
Lemma b : forall n : nat, False. Proof. fix a 1. intro n. exact (a n). Qed.

(* ==== tactics in parallel *)
Lemma a : True /\ True. Proof. split. par: exact I. Qed.
Lemma b : True /\ 1 = 2. Proof. split. par: auto. Qed.

(* ==== SProp *)
Lemma a : forall (P : SProp), P -> P. Proof. intros P p. exact p. Qed.
Inductive sT : SProp := sI.
Lemma b : sT. Proof. exact sI. Qed.
Lemma c : forall x y : sT, x = x :> sT -> True. Proof. intros; exact I. Qed.

(* ==== Admit Obligations *)
Require Import Program.
Obligation Tactic := idtac.
Program Definition w : {n : nat | n = 3} := 3.
Admit Obligations.
Lemma z : True. Proof. exact I. Qed.

(* ==== obligations left open *)
Require Import Program.
Obligation Tactic := idtac.
Program Definition w : {n : nat | n = 3} := 3.
Lemma z : True. Proof. exact I. Qed.

(* ==== a using attribute *)
Section S. Variables (a : nat) (H : a = 3).
#[using="H"] Lemma b : True. Proof. exact I. Qed.
#[using="a"] Lemma c : True. Proof. exact I. Qed.
End S.
Check (b 3 eq_refl). Check (c 3).

(* ==== a using attribute that is too little *)
Section S. Variables (a : nat) (H : a = 3).
#[using="a"] Lemma b : a = 3. Proof. exact H. Qed.
End S.
Lemma z : True. Proof. exact I. Qed.

(* ==== a using attribute with All *)
Section S. Variables (a : nat) (H : a = 3).
#[using="All"] Lemma b : a = a. Proof. exact eq_refl. Qed.
#[using="Type*"] Lemma c : a = a. Proof. exact eq_refl. Qed.
#[using="All - H"] Lemma d : a = a. Proof. exact eq_refl. Qed.
End S.
Check (b 3 eq_refl). Check (c 3 eq_refl). Check (d 3).

(* ==== Collection *)
Section S. Variables (a : nat) (H : a = 3).
Collection C := a H.
Lemma b : True. Proof using C. exact I. Qed.
Lemma c : True. Proof using C - H. exact I. Qed.
Lemma d : True. Proof using All - C. exact I. Qed.
Lemma e : a = 3. Proof using Type*. exact H. Qed.
End S.
Check (b 3 eq_refl). Check (c 3). Check d : True. Check e.

(* ==== Suggest Proof Using unset by the file *)
Unset Suggest Proof Using.
Section S. Variables (a : nat) (H : a = 3).
Lemma b : a = a. Proof. pose H. reflexivity. Qed.
Lemma c : a = a. Proof. reflexivity. Qed.
End S.
Check (b 3 eq_refl).
Check (c 3).

(* ==== Let by tactics used in a proof *)
Section S. Variable a : nat.
Let k : nat. Proof. exact a. Defined.
Lemma b : k = a. Proof. reflexivity. Qed.
Lemma c : True. Proof. pose k. exact I. Qed.
End S.
Check (b 3). Check (c 3).

(* ==== Let Fixpoint *)
Section S. Variable a : nat.
Let Fixpoint f (n : nat) : nat := match n with 0 => a | S m => f m end.
Lemma b : f 0 = a. Proof. reflexivity. Qed.
Let Fixpoint g (n : nat) : nat.
Proof. destruct n. exact a. exact (g n). Defined.
Lemma c : g 0 = a. Proof. reflexivity. Qed.
End S.
Check (b 3). Check (c 3).

(* ==== Primitive projections *)
Set Primitive Projections.
Record r := { x : nat; y : nat }.
Lemma eta : forall p : r, p = {| x := x p; y := y p |}. Proof. reflexivity. Qed.
Lemma w : forall p : r, p = {| x := y p; y := y p |}. Proof. reflexivity. Qed.

(* ==== Ltac2 proofs *)
From Ltac2 Require Import Ltac2.
Lemma a : True. Proof. exact I. Qed.
Lemma b : True /\ True. Proof. split; Control.enter (fun () => exact I). Qed.
Lemma c : True /\ True. Proof. split. { exact I. } all: exact I. Qed.
Lemma d : 1 = 2. Proof. reflexivity. Qed.

(* ==== a variable named as a collection *)
Section S. Variables (a : nat) (H : a = 3).
Collection H := a.
Lemma b : a = 3. Proof. exact H. Qed.
Lemma c : a = 3. Proof. exact b. Qed.
End S.
Check (c 3 eq_refl).

(* ==== ssreflect dots and brackets *)
Require Import ssreflect ssrbool.
Lemma a : forall b : bool, b -> b = true.
Proof. by case. Qed.
Lemma b : forall b : bool, b -> b = true.
Proof.
move=> b.
have: b -> b by [].
  by move=> _ H.
Qed.
Lemma c : True /\ True.
Proof. split; first by []. by []. Qed.
Lemma d : False. Proof. by []. Qed.

(* ==== Fail Fail *)
Lemma a : True. Proof. Fail Fail exact I. exact I. Qed.
Lemma b : 1 = 1. Proof. Fail Fail Qed. reflexivity. Qed.

(* ==== Time in front of everything *)
Time Lemma a : True. Time Proof. Time { Time exact I. } Time Qed.
Time Definition x := 1.
Time Lemma b : 1 = 2. Time Proof. Time reflexivity. Time Qed.

(* ==== Redirect *)
Redirect "out" Print nat.
Lemma a : True. Proof. Redirect "out2" Show. exact I. Qed.

(* ==== comments with quotes *)
(* " Qed. *) " *)
Lemma a : True. (* "(*" *) Proof. (* a " string *) " *) exact I. (* (* nested *) *) Qed.
Lemma b : 1 = 1. Proof. (* it's *) reflexivity. Qed. (* "end" *)

(* ==== Abort without Proof *)
Lemma a : 1=2.
Abort.
Lemma a : 1=1. Proof. reflexivity. Qed.

(* ==== Opaque in a proof *)
Definition f := 3.
Lemma a : f = 3. Proof. Opaque f. reflexivity. Qed.
Lemma b : f = 3. Proof. unfold f. reflexivity. Qed.

(* ==== Notation in a proof *)
Lemma a : True. Proof. Notation "'xx'" := 3. exact I. Qed.
Lemma b : xx=3. Proof. reflexivity. Qed.

(* ==== Ltac in a proof *)
Lemma a : True. Proof. Ltac foo := exact I. foo. Qed.
Lemma b : True. Proof. foo. Qed.

(* ==== an Ltac redefined *)
Ltac foo := exact I.
Lemma a : True. Proof. foo. Qed.
Ltac foo ::= fail.
Lemma b : True. Proof. foo. Qed.

(* ==== universes by name *)
Universe u v.
Constraint u < v.
Definition T : Type@{v} := Type@{u}.
Lemma a : Type@{v}. Proof. exact Type@{u}. Qed.
Lemma b : Type@{u}. Proof. exact Type@{v}. Qed.

(* ==== a hint on an opaque lemma *)
Axiom Q : nat -> Prop.
Axiom q0 : Q 0.
Lemma a : Q 0. Proof. exact q0. Qed.
#[local] Hint Resolve a : core.
Lemma b : Q 0. Proof. auto. Qed.
#[local] Hint Rewrite -> (eq_refl 0) : db.
Lemma c : Q 1. Proof. auto. Qed.

(* ==== Combined Scheme *)
Inductive ev : nat -> Prop := e0 : ev 0 | eS n : od n -> ev (S n)
with od : nat -> Prop := oS n : ev n -> od (S n).
Scheme evi := Induction for ev Sort Prop with odi := Induction for od Sort Prop.
Combined Scheme eoi from evi, odi.
Lemma a : ev 2. Proof. apply eS, oS, e0. Qed.
Lemma b : ev 1. Proof. apply eS, oS, e0. Qed.

(* ==== a proof that leaves a brace open *)
Lemma a : True /\ True.
Proof. split. { exact I. } { exact I. Qed.
Lemma b : 1 = 1. Proof. reflexivity. Qed.

(* ==== Section in a proof *)
Lemma a : True. Proof. Section S. exact I. End S. Qed.
Lemma b : 1 = 1. Proof. reflexivity. Qed.

(* ==== Include *)
Module Type T. Axiom a : 1 = 1. Lemma b : 2 = 2. Proof. reflexivity. Qed. End T.
Module M <: T. Include T. Lemma c : 1 = 1. Proof. exact a. Qed. End M.
Module N := M.
Lemma d : 1 = 1. Proof. exact N.c. Qed.

(* ==== a functor applied *)
Module Type T. Parameter n : nat. Axiom p : n = 3. End T.
Module F (X : T). Lemma a : X.n = 3. Proof. exact X.p. Qed. End F.
Module A <: T. Definition n := 3. Lemma p : n = 3. Proof. reflexivity. Qed. End A.
Module FA := F A.
Lemma z : 3 = 3. Proof. exact FA.a. Qed.
Module B <: T. Definition n := 4. Lemma p : n = 3. Proof. reflexivity. Qed. End B.

(* ==== a parameter given by an opaque proof *)
Module Type T. Parameter n : nat. End T.
Module M : T. Definition n : nat. Proof. exact 3. Qed. End M.
Module N : T. Lemma n : nat. Proof. exact 3. Qed. End N.

(* ==== warnings that are errors, and none *)
Set Warnings "+all".
Local Lemma a : True. Proof. exact I. Qed.
Section S. Variables (a0 : nat) (H : a0 = 3).
Local Lemma b : a0 = a0. Proof. pose H. reflexivity. Qed.
Lemma b2 : a0 = a0. Proof. reflexivity. Qed.
Lemma b3 : a0 = a0. Proof using. reflexivity. Qed.
Lemma b4 : a0 = a0. reflexivity. Qed.
End S.
Definition x : nat. exact 3. Qed.
Lemma c : True. Proof. exact I. Qed.
Check (b 3 eq_refl).

(* ==== sections on one line *)
Section S. Variables (x:nat) (H:x=1). Lemma a : True. Proof. pose H. exact I. Qed. Lemma b : True. Proof. exact I. Qed. End S. Section S. Variables (x:nat) (H:x=1). Lemma a2 : True. Proof. pose H. exact I. Qed. Lemma b2 : True. Proof. exact I. Qed. End S. Lemma c : True. Proof. exact (a2 1 eq_refl). Qed. Lemma e : True. Proof. exact (a2 1). Qed.

(* ==== Instance without name *)
Class C (n:nat) := c : n = n.
#[global] Instance : C 3.
Proof. reflexivity. Qed.
#[global] Instance : C 4. exact eq_refl. Qed.
Lemma a : C 3. Proof. exact _. Qed.
Lemma b : C 5. Proof. exact _. Qed.

(* ==== Instance in a section *)
Class C (n:nat) := c : n = n.
Section S. Variables (x:nat) (H:x=1).
#[global] Instance i : C x.
Proof. reflexivity. Qed.
#[local] Instance j : C 7. pose H. exact eq_refl. Qed.
End S.
Lemma a : C 3. Proof. exact _. Qed.
Check (j 1 eq_refl).
Lemma b : C 5. Proof. exact (j 1 eq_refl). Qed.

(* ==== Instance that is refined *)
Class C (n:nat) := { c : n = n; d : True }.
#[global,refine] Instance i : C 3 := {| c := _ |}.
Proof. reflexivity. exact I. Qed.
Lemma a : C 3. Proof. exact _. Qed.

(* ==== omitted Proof in a section with a default *)
Set Default Proof Using "Type".
Section S. Variables (x:nat) (H:x=1).
Lemma a : True. pose H. exact I. Qed.
Lemma b : True. Proof. exact I. Qed.
End S.
Lemma c : True. Proof. exact (a 1 eq_refl). Qed.
Lemma d : True. Proof. exact b. Qed.
Lemma e : True. Proof. exact (b 1). Qed.

(* ==== Let without body between *)
Section S. Variables (x:nat) (H:x=1). Let y := x. Let K : y = 1. Proof. exact H. Qed.
Lemma a : True. Proof. pose K. exact I. Qed.
Lemma b : y = y. Proof. reflexivity. Qed.
End S.
Lemma c : True. Proof. exact (a 1 eq_refl). Qed.
Lemma d : 1 = 1. Proof. exact (b 1). Qed.
Lemma e : 1 = 1. Proof. exact (b 1 eq_refl). Qed.

(* ==== tabs *)
Lemma a :	True.	Proof.	exact I.	Qed.	Lemma b : 1 = 2.	Proof.	reflexivity.	Qed.

(* ==== a proof by a term after an import *)
Require Import Bool. Lemma a : True. Proof I.
Module M. End M. Import M.
Lemma Import : True. (* Import *)
Proof (I).
Section S. Variable n : nat. Import M. Lemma b : n = n. Proof eq_refl. End S.

(* ==== a wrong proof by a term after an import *)
Require Import Bool. Lemma a : True. Proof 3.
Lemma b : True. Proof. exact I. Qed.

(* ==== a proof that ends after Proof using *)
Lemma a : True. Proof using.
Lemma b : True. Proof. exact I. Qed.

(* ==== a file that ends after Proof using *)
Lemma a : True. Proof using.

(* ==== every word for a statement *)
Theorem a1 : True. Proof. exact I. Qed.
Fact a2 : True. Proof. exact a1. Qed.
Local Remark a3 : True. Proof. exact a2. Qed.
Global Corollary a4 : True. Proof. exact a3. Qed.
#[local] Proposition a5 : True. Proof. exact a4. Qed.
#[global] Property a6 : True. Proof. exact a5. Defined.
Monomorphic Theorem a7 : True. exact a6. Qed.
Time #[local] Fact a8 : True. Time exact a7. Time Qed.
Fail #[export] Fact a9 : 0.
Theorem a10 (n : nat) (H : n = 1) : n = 1. Proof. exact H. Qed.
Remark a11 : 1 = 2. Proof. exact (a10 2 eq_refl). Qed.

(* ==== definitions by tactics in every form *)
Definition d1 : nat. exact 3. Defined.
Example d2 : d1 = 3. reflexivity. Qed.
Local Definition d3 (n : nat) : nat. Proof. exact n. Defined.
Global Example d4 : d3 3 = d1. Proof. reflexivity. Qed.
#[local] Definition d5 : nat := ltac:(exact 5).
Definition d6 : {n | n = d5}. Proof. exists 5. reflexivity. Qed.
SubClass d7 := nat.
Definition d8 : let x := 3 in x = 3. Proof. intro x. reflexivity. Defined.
Definition d9 (f := fun n => n + 1) : f 1 = 2. Proof. reflexivity. Qed.
Definition d10 : match 3 with 0 => False | S _ => True end. Proof. exact I. Qed.
Example d11 : proj1_sig d6 = 5. Proof. reflexivity. Qed.

(* ==== Defined and Save with names *)
Lemma a : nat. Proof. exact 3. Defined.
Goal nat. Proof. exact 4. Save four.
Goal nat. exact 5. Defined five.
Check (eq_refl : five = 5).
Lemma b : nat. Proof. exact 6. Defined six.
Goal True. Proof. exact I. Defined.
Check (Unnamed_thm : True).
Check (eq_refl : a = 3).
Check (eq_refl : four = 4).

(* ==== Save of a lemma *)
Lemma b : nat. Proof. exact 6. Save six.
Lemma c : six = six. Proof. reflexivity. Qed.

(* ==== fixpoints of all sorts by tactics *)
Fixpoint f (n : nat) {struct n} : nat. Proof. destruct n as [|m]. exact 0. exact (f m). Defined.
Fixpoint g (n : nat) : nat with h (n : nat) : nat.
Proof. destruct n as [|m]. exact 0. exact (h m). destruct n as [|m]. exact 1. exact (g m). Defined.
Local Fixpoint g2 (n : nat) : nat := match n with 0 => 0 | S m => h2 m end with h2 (n : nat) : nat.
Proof. destruct n as [|m]. exact 1. exact (g2 m). Defined.
Check (eq_refl : g2 2 = 0).
CoInductive s := C : nat -> s -> s.
CoFixpoint z : s. Proof. refine (C 0 _). exact z. Defined.
CoFixpoint z1 : s with z2 : s. Proof. exact (C 0 z2). exact (C 1 z1). Qed.
#[local] CoFixpoint z3 : s. exact z3. Qed.

(* ==== fixpoints without a check *)
#[bypass_check(guard)] Fixpoint f (n : nat) : nat. Proof. exact (f n). Defined.
#[bypass_check(guard)] Fixpoint f1 (n : nat) : nat. Proof. exact (f1 n). Qed.
#[bypass_check(guard)] Definition f2 (n : nat) : nat := f n.
#[bypass_check(universes)] Lemma f3 : True. Proof. exact I. Qed.
#[bypass_check(positivity)] Inductive i := C : (i -> i) -> i.
#[bypass_check(guard=no)] Fixpoint f4 (n : nat) : nat. Proof. exact (f4 n). Qed.

(* ==== a lemma with another one, named later *)
Lemma a (n : nat) : n = n with b (n : nat) : n = n. Proof. - reflexivity. - reflexivity. Qed.
Theorem c : forall n : nat, n = n with d : forall n : nat, n = n + 0 -> n = n.
Proof. all: intros; reflexivity. Defined.
Lemma e : 1 = 1. Proof. exact (d 1 eq_refl). Qed.
Lemma f (n : nat) : match n with 0 => True | _ => True end. Proof. destruct n; exact I. Qed.
Lemma g (n : nat) : True with h (n : nat) : True. Proof. exact I. Qed.

(* ==== Let of all sorts *)
Section S. Variable n : nat.
Let a : nat. exact n. Defined.
Let b := n.
Let c : n = n. Proof. reflexivity. Qed.
Let Fixpoint f (m : nat) : nat. Proof. destruct m as [|k]. exact n. exact (f k). Defined.
CoInductive s := C : nat -> s -> s.
Let CoFixpoint z : s := C n z.
Let CoFixpoint y : s. Proof. exact (C n y). Defined.
Lemma l : f 0 = a. Proof. reflexivity. Qed.
Lemma l2 : b = n. Proof. reflexivity. Qed.
Lemma l3 : z = z. Proof. reflexivity. Qed.
Let d : n = 3. Proof. Abort.
Let e : n = 3. Proof. Admitted.
Lemma l4 : n = 3. Proof. exact e. Qed.
End S.
Check (l4 3). Check (l 3). Check (l2 3 : 3 = 3).
Check (l3 3 3).

(* ==== Let outside of a section *)
Let a : nat := 3.
Let b : nat. Proof. exact 3. Defined.
Lemma c : a = b. Proof. reflexivity. Qed.
Let d : True. Proof. exact I. Qed.
Let Fixpoint f (n : nat) : nat. Proof. exact n. Defined.

(* ==== instances of all sorts *)
Class C (n : nat) := { c : n = n }.
Instance i1 : C 1. Proof. split. reflexivity. Qed.
Global Instance i2 : C 2. Proof. split; reflexivity. Qed.
Local Instance i3 : C 3 | 5. Proof. constructor. reflexivity. Defined.
#[export] Instance i4 : C 4 := { c := eq_refl }.
#[refine] Instance i5 : C 5 := { c := _ }. Proof. reflexivity. Qed.
#[global, refine] Instance i6 : C 6 := _. Proof. split. reflexivity. Defined.
#[refine, local] Instance i7 : C 7 := Build_C 7 _. reflexivity. Qed.
Instance i8 (n : nat) (H : n = 3) : C n. split. reflexivity. Qed.
Instance i9 : forall n, C n -> C (S n) | 10. Proof. intros n H. split. reflexivity. Qed.
Existing Instance i8 | 3.
Declare Instance i10 : C 10.
#[program] Instance i11 : C 11.
Next Obligation. reflexivity. Qed.
Program Instance i12 : C 12 := { c := _ }.
Instance i13 : C 13 := { c := eq_refl 12 }.

(* ==== classes with one method *)
Class P (n : nat) : Prop := p : n = n.
Instance a : P 3 := eq_refl.
Instance b : P 4. Proof. unfold P. reflexivity. Qed.
Existing Class le.
Instance c : le 0 0. Proof. constructor. Qed.
Instance d : le 0 1. Proof. Abort.
Instance e : P 5. Proof. red. reflexivity. Defined.
Lemma f : P 5. Proof. typeclasses eauto. Qed.
Lemma g : 0 <= 0. Proof. exact _. Qed.
Lemma h : P 6. Proof. exact _. Qed.

(* ==== Goal in every state *)
Goal True. Abort.
Goal forall n : nat, n = n. intro n. reflexivity. Qed.
Goal 1 = 2. Admitted.
Goal exists n, n = 3. eexists. reflexivity. Qed.
Time Goal True. Time exact I. Time Qed.
Goal True. Proof I.
Goal True. Proof using. exact I. Qed.
Check (Unnamed_thm2 : exists n, n = 3).
Goal (1 = 2)%nat. exact Unnamed_thm0. Qed.

(* ==== Derive in its old form *)
Require Import Derive.
Section S. Variable m : nat.
Derive p SuchThat (p = m) As h. Proof. subst p. reflexivity. Qed.
Derive q SuchThat (q = 3) As h2.
Proof.
  subst q.
  reflexivity.
Defined.
End S.
Check (h 3 : p 3 = 3).
Lemma z : q = 3. Proof. reflexivity. Qed.
Lemma w : p 3 = 3. Proof. reflexivity. Qed.

(* ==== Derive in its new form *)
Require Import Derive.
Derive p in (p = 3) as h. Proof. subst p. reflexivity. Qed.
Derive (q : nat) (r : nat) in (q = r + 3) as h2. Proof. exact (eq_refl (0 + 3)). Qed.
Lemma z : q = r + 3. Proof. exact h2. Qed.
Lemma y : p = 4. Proof. exact h. Qed.

(* ==== Derive of inversions *)
Inductive ev : nat -> Prop := e0 : ev 0 | eS : forall n, ev n -> ev (S (S n)).
Derive Inversion i1 with (forall n, ev (S (S n))) Sort Prop.
Derive Inversion_clear i2 with (forall n, ev (S (S n))) Sort Prop.
Derive Dependent Inversion i3 with (forall n, ev n) Sort Prop.
Derive Dependent Inversion_clear i4 with (forall n, ev n) Sort Prop.
Lemma a : forall n, ev (S (S n)) -> ev n. Proof. intros n H. inversion H using i1. auto. Qed.
Lemma b : ev 1 -> False. Proof. intro H. inversion H. Qed.
Lemma c : ev 1. Proof. inversion 1 using i2. Qed.

(* ==== Add Relation and its kin *)
Require Import Setoid Morphisms.
Definition R (x y : nat) := x = y.
Lemma rr : Reflexive R. Proof. intro x. reflexivity. Qed.
Lemma rs : Symmetric R. Proof. intros x y H. symmetry. exact H. Qed.
Lemma rt : Transitive R. Proof. intros x y z. unfold R. congruence. Qed.
Add Relation nat R reflexivity proved by rr symmetry proved by rs transitivity proved by rt as rel.
Add Parametric Relation (A : Type) : (list A) (@eq (list A)) reflexivity proved by (@eq_refl _) as rel2.
Definition f (n : nat) := n + 1.
Add Morphism f with signature R ==> R as fm.
Proof. unfold R. intros x y H. rewrite H. reflexivity. Qed.
Add Parametric Morphism (m : nat) : (plus m) with signature R ==> R as pm.
Proof. unfold R. intros x y H. rewrite H. reflexivity. Qed.
Add Parametric Morphism : mult with signature R ==> R ==> R as mm. unfold R. intros x y H x2 y2 H2. congruence. Defined.
Declare Morphism f : fm2.
Lemma a : forall x y, R x y -> R (f x) (f y). Proof. intros x y H. rewrite H. reflexivity. Qed.
Lemma b : forall x y, R x y -> R (y * x) (x * y). Proof. intros x y H. rewrite H. reflexivity. Qed.

(* ==== Add Morphism in other ways *)
Require Import Setoid.
Definition f (n : nat) := n + 1.
#[global] Add Morphism f with signature eq ==> eq as f_m. Proof. reflexivity. Qed.
Local Add Parametric Morphism (n : nat) : (plus n) with signature eq ==> eq as p_m. Proof. auto. Qed.
Section S. Variable A : Type.
Add Parametric Relation : A eq reflexivity proved by (@eq_refl A) symmetry proved by (@eq_sym A) as eq_rel.
End S.
Add Setoid nat (@eq nat) (eq_equivalence) as nat_setoid.
Add Morphism f : f_m2. Proof. reflexivity. Qed.

(* ==== Functions by recursion *)
Require Import FunInd Recdef Lia.
Function half (n : nat) : nat := match n with 0 => 0 | S 0 => 0 | S (S m) => S (half m) end.
Function div (n : nat) {measure (fun n => n) n} : nat := match n with 0 => 0 | S m => S (div (m - 1)) end.
Proof. intros. lia. Defined.
Function wfd (n : nat) {wf lt n} : nat := match n with 0 => 0 | S m => wfd m end.
Proof. - intros. lia. - exact Wf_nat.lt_wf. Qed.
Functional Scheme half_i := Induction for half Sort Prop.
Lemma a : forall n, half n <= n. Proof. intro n. functional induction (half n); lia. Qed.
Lemma b : forall n, div n = div n. Proof. intro n. functional induction (div n); reflexivity. Qed.
Lemma c : half 3 = 2. Proof. reflexivity. Qed.

(* ==== Program in all forms *)
Require Import Program Lia.
Program Definition d1 (n : nat) : {m | m = n} := n.
#[program] Definition d2 (n : nat) : {m | m = n} := n.
Program Fixpoint d3 (n : nat) {measure n} : nat := match n with 0 => 0 | S m => d3 (m - 1) end.
Next Obligation. lia. Defined.
Program Fixpoint d4 (n : nat) {wf lt n} : nat := match n with 0 => 0 | S m => d4 m end.
Solve All Obligations with (program_simpl; auto with arith).
Program Example d5 : {n : nat | n = 3}. Proof. exists 3. reflexivity. Defined.
Program Theorem d6 : {n : nat | n = 3}. exists 3. reflexivity. Qed.
Local Program Definition d7 : {n : nat | n = 3} := 3.
Program Fixpoint d8 (n : nat) : {m : nat | m = n} := match n with 0 => 0 | S k => S (d8 k) end.
Program Definition d9 : {n : nat | n = 3} := 4.

(* ==== obligations in all forms *)
Require Import Program.
Obligation Tactic := idtac.
Program Definition d1 : {n : nat | n = 3} := 3.
Obligation 1. reflexivity. Qed.
Program Definition d2 : {n : nat * nat | n = (3, 4)} := (3, 4).
Obligation 1 of d2. Proof. reflexivity. Defined.
Program Definition d3 (n : nat) (H : n = 3) : {n : nat | n = 3} * {n : nat | n = 4} := (n, S n).
Obligations.
Next Obligation of d3. intros n H. exact H. Qed.
Next Obligation. intros n H. rewrite H. reflexivity. Qed.
Program Definition d5 : {n : nat | n = 3} := 3.
Solve Obligations of d5 with reflexivity.
Program Definition d6 : {n : nat | n = 3} := 3.
Solve Obligations with idtac.
Admit Obligations of d6.
Show Obligation Tactic.
Lemma z : proj1_sig d3 = 3. Proof. reflexivity. Qed.

(* ==== the last obligation *)
Require Import Program.
Obligation Tactic := idtac.
Program Definition d1 : {n : nat | n = 3} := 3.
Preterm of d1.
Final Obligation. reflexivity. Qed.
Program Definition d2 : {n : nat | n = 3} * {n : nat | n = 4} := (3, 4).
Final Obligation of d2. reflexivity. Qed.

(* ==== obligations with a tactic of their own *)
Require Import Program.
Obligation Tactic := idtac.
Program Definition d1 : {n : nat | n = 3} := 3.
Next Obligation with reflexivity. idtac... Qed.
Program Definition d2 : {n : nat | n = 3} := 3.
Next Obligation with reflexivity. idtac... Qed.
Program Definition d3 : {n : nat | n = 3} := 3.
Obligation 1 with reflexivity. Proof. idtac... Defined.
Lemma a : True. Proof. exact I. Qed.
Program Definition d4 : {n : nat | n = 3} := 4.
Next Obligation with reflexivity. idtac... Qed.

(* ==== Program Mode on and off *)
Require Import Program.
Set Program Mode.
Definition d1 : {n : nat | n = 3} := 3.
Lemma a : {n : nat | n = 3}. Proof. exact d1. Qed.
Unset Program Mode.
Lemma b : {n : nat | n = 3}. Proof. exact d1. Qed.
Section S. Local Set Program Mode. Lemma c : {n : nat | n = 3}. Proof. exact d1. Qed. End S.
Lemma d : {n : nat | n = 3}. Proof. exact (exist _ 3 eq_refl). Qed.
Module M. #[export] Set Program Mode. End M. Import M.
Definition e : {n : nat | n = 3} := 3.
#[program=no] Definition f : {n : nat | n = 3} := 3.

(* ==== obligations in a section *)
Require Import Program.
Obligation Tactic := idtac.
Section S. Variables (n : nat) (H : n = 3).
Program Definition d1 : {m : nat | m = 3} := n.
Next Obligation. exact H. Qed.
Program Lemma d2 : {m : nat | m = 3}. Proof. exact d1. Qed.
Lemma d3 : True. Proof. exact I. Qed.
End S.
Check (d1 3 eq_refl). Check (d2 3 eq_refl). Check d3.
Check (d1 3).

(* ==== obligations behind other things *)
Require Import Program.
Obligation Tactic := idtac.
Program Definition d1 : {n : nat | n = 3} := 3.
Lemma a : True. Proof. exact I. Qed.
Definition b := 3.
Next Obligation. reflexivity. Qed.
Program Definition d2 : {n : nat | n = 3} := 3.
Program Definition d3 : {n : nat | n = 4} := 4.
Next Obligation of d2. reflexivity. Qed.
Lemma c : proj1_sig d2 = 3. Proof. reflexivity. Qed.
Next Obligation. reflexivity. Qed.
Lemma d : proj1_sig d3 = 3. Proof. reflexivity. Qed.

(* ==== no obligation is left *)
Require Import Program.
Program Definition d1 : {n : nat | n = 3} := 3.
Lemma a : True. Proof. exact I. Qed.
Next Obligation. reflexivity. Qed.

(* ==== schemes of all sorts *)
Inductive t := A | B : t -> t.
Scheme t1 := Induction for t Sort Type.
Scheme t2 := Minimality for t Sort Prop.
Inductive p := P : q -> p | P0 with q := Q : p -> q.
Scheme p1 := Induction for p Sort Prop with q1 := Induction for q Sort Prop.
Lemma pq : forall x : p, x = x. Proof. induction x using p1 with (P0 := fun y => y = y); reflexivity. Qed.
Scheme Elimination for t Sort Prop.
Scheme Case for t Sort Type.
Scheme Equality for t.
Inductive t5 := A5 | B5 : t5 -> t5.
Scheme Boolean Equality for t5.
Lemma a : forall x : t, x = x. Proof. induction x using t1; reflexivity. Qed.
Lemma b : t_beq A A = true. Proof. reflexivity. Qed.
Lemma c : t_beq A (B A) = true. Proof. reflexivity. Qed.

(* ==== schemes switched off and on *)
Unset Elimination Schemes. Set Boolean Equality Schemes. Set Decidable Equality Schemes.
Inductive t := A | B.
Set Elimination Schemes. Set Nonrecursive Elimination Schemes. Set Case Analysis Schemes.
Inductive u := C | D : u -> u. Record r := { f : nat }. Variant v := V.
Lemma a : forall x : u, x = x. Proof. induction x; reflexivity. Qed.
Lemma b : forall x : t, x = x. Proof. destruct x; reflexivity. Qed.
Check t_beq. Check r_rect. Check v_ind.
Lemma c : forall x : t, x = A. Proof. induction x; reflexivity. Qed.

(* ==== an obligation with its type *)
Require Import Program.
Obligation Tactic := idtac.
Program Definition d4 : {n : nat | n = 3} := 3.
Obligation 1 of d4 : (3 = 3). reflexivity. Qed.
Lemma a : d4 = d4. Proof. reflexivity. Qed.

(* ==== Canonical and Coercion by tactics *)
Structure S := { s :> Type; x : s }.
Canonical Structure s1 := {| s := nat; x := 3 |}.
Canonical Structure s2 : S. Proof. exact {| s := bool; x := true |}. Defined.
Canonical s3 : S. Proof. exact {| s := unit; x := tt |}. Defined.
#[canonical] Definition s4 : S. Proof. exact {| s := nat * nat; x := (1, 2) |}. Defined.
#[local] Canonical s5 := {| s := list nat; x := nil |}.
Lemma a : x _ = 3. Proof. reflexivity. Qed.
Coercion b (x : bool) : nat := if x then 1 else 0.
Definition b2 : unit -> bool. Proof. intros u. exact true. Qed.
#[local] Coercion b2 : unit >-> bool.
#[reversible] Coercion b3 (n : nat) : nat * nat := (n, n).
#[coercion] Definition b4 (n : nat * nat) : list nat := nil.
Identity Coercion s0 : S >-> S.

(* ==== Canonical projections left out *)
Structure S := { s :> Type; #[canonical=no] x : s; y : s -> True }.
Canonical s1 : S. Proof. refine {| s := nat; x := 3 |}. intro. exact I. Defined.
Lemma a : True. Proof. exact I. Qed.
Check (y _ 3).
Check (y _ true).

(* ==== focus in every way *)
Lemma a : (True /\ True) /\ (True /\ 1 = 1).
Proof. split. Focus 2. split. exact I. reflexivity. split. all: exact I. Unfocused. Qed.
Lemma b : (True /\ True) /\ True.
Proof. split. 2: { exact I. } { split. 2: exact I. { exact I. } } Qed.
Lemma c : True /\ True /\ True. Proof. repeat split. 1-2: exact I. 1: { idtac. exact I. } Qed.
Lemma d : exists n, n = 3 /\ True. Proof. eexists ?[n]. split. [n]: exact 3. reflexivity. exact I. Qed.
Lemma e : exists n, n = 3. Proof. eexists ?[n]. [n]: { exact 3. } reflexivity. Qed.
Lemma f : True /\ True. Proof. split. Time 2: { Time exact I. Time } Time all: exact I. Qed.
Lemma g : True /\ True. Proof. split. Focus 2. exact I. exact I. Unfocus. Qed.

(* ==== bullets of all sorts *)
Lemma a : (True /\ True) /\ (True /\ True).
Proof. split. - split. + exact I. + exact I. - split. * { exact I. } * exact I. Qed.
Lemma b : (True /\ True) /\ True.
Proof. split. --- split. +++ exact I. +++ { exact I. } --- exact I. Qed.
Lemma c : True. Proof. - + * -- ++ ** exact I. Qed.
Lemma d : True /\ True. Proof. split. -exact I. -exact I. Qed.
Lemma e : True /\ True. Proof. split. { - exact I. } { + exact I. } Qed.
Set Bullet Behavior "None".
Lemma f : True /\ True. Proof. split. - exact I. + exact I. Qed.
Set Bullet Behavior "Strict Subproofs".
Lemma g : True /\ True. Proof. split. - exact I. - exact I. Qed.
Lemma h : True /\ True. Proof. split. - exact I. exact I. Qed.

(* ==== going back in a proof *)
Lemma a : True /\ True. Proof. split. exact I. Undo. Undo 1. split. exact I. exact I. Qed.
Lemma b : True /\ True. Proof. split. exact I. Undo 2. split; exact I. Qed.
Lemma d : 1 = 1. Proof. idtac. Restart. reflexivity. Qed.
Lemma c : True. Proof. Undo To 3. exact I. Qed.

(* ==== Restart and Show in a proof *)
Lemma a : True /\ True.
Proof.
  split. Restart. split. exact I.
  Show. Show 1. Show Proof. Show Existentials. Show Intro. Show Intros. Show Conjectures. Show Universes.
  Show Match nat. Fail Show 2. Guarded. Optimize Proof. Optimize Heap.
  exact I.
Qed.
Lemma b : exists n : nat, n = 3. Proof. eexists. Show Existentials. Show Proof. reflexivity. Qed.
Lemma c : forall x y : nat, x = y. Proof. Show Intros. intros. Show Proof Diffs. reflexivity. Qed.

(* ==== a proof that is validated *)
Lemma a : True. Proof. Validate Proof. exact I. Validate Proof. Qed.
Lemma b : True. Proof. exact I. Qed.

(* ==== goals filled from outside *)
Lemma c0 : exists n : nat, n = n. Proof. eexists. reflexivity. Unshelve. { exact 3. } Qed.
Lemma a : exists n : nat, n = 3. Proof. eexists. Existential 1 := 3. reflexivity. Qed.
Lemma b : exists n : nat, n = 3. Proof. refine (ex_intro _ _ _). Existential 1 : nat := 3. reflexivity. Qed.
Lemma c : exists n : nat, n = n. Proof. eexists. reflexivity. Unshelve. exact 3. Qed.
Lemma d : exists n : nat, n = n. Proof. eexists. reflexivity. Qed.

(* ==== existential variables grabbed *)
Lemma c : exists n : nat, n = n. Proof. eexists. reflexivity. Grab Existential Variables. exact 3. Qed.
Lemma d : True. Proof. exact I. Qed.

(* ==== proof modes *)
Lemma a : True. Proof Mode "Classic". Proof. exact I. Qed.
Lemma b : True. Proof. Proof Mode "Classic". exact I. Qed.
Proof Mode "Classic".
Lemma c : True. Proof. exact I. Qed.
Lemma d : True. Proof Mode "Noedit". Proof. exact I. Qed.

(* ==== Ltac2 as a proof mode *)
From Ltac2 Require Import Ltac2.
Set Default Proof Mode "Classic".
Lemma a : True. Proof Mode "Ltac2". exact I. Qed.
Lemma b : True. Proof. Proof Mode "Ltac2". exact I. Qed.
Lemma c : True. Proof. exact (id I). Qed.
Lemma d : True. Proof. ltac2:(exact I). Qed.
Ltac2 Notation "foo" x(constr) := Control.refine (fun () => x).
Ltac2 Notation "the" "end" := ().
Lemma e : True. Proof Mode "Ltac2". foo I. Qed.
Ltac2 rec f n := match Int.equal n 0 with true => () | false => f (Int.sub n 1) end.
Ltac2 Type r := { x : int; y : string }.
Ltac2 Type rec t := [ A | B (t) ].
Ltac2 Type o := [ .. ].
Ltac2 Type o ::= [ O1 | O2 ].
Ltac2 Eval { x := 3; y := "Qed. (* "}.
Ltac2 i () := exact I.
Ltac2 Notation bar := i ().
Lemma g : True. Proof Mode "Ltac2". bar. Qed.
Set Default Proof Mode "Ltac2".
Lemma h : 1 = 2. Proof. Control.enter (fun () => reflexivity). Qed.

(* ==== Ltac2 in sentences of its own kind *)
From Ltac2 Require Import Ltac2.
Ltac2 mutable x () := exact I.
Ltac2 Set x as y := fun () => Message.print (Message.of_string "Qed."); y ().
Lemma a : True. Proof. x (). Qed.
Lemma b : True /\ True. Proof. split; Control.enter (fun () => exact I). Qed.
Lemma c : True /\ True. Proof. split. - exact I. - exact I. Qed.
Lemma d : True /\ True. Proof. split. all: x (). Qed.
Lemma e : forall n : nat, n = n. Proof. intros n. ltac1:(reflexivity). Qed.
Lemma f : True. Proof. let h := @foo in pose ($h := I). exact I. Qed.
Lemma g : True. Proof. match! goal with [ |- True ] => exact I | [ |- _ ] => fail end. Qed.
Ltac2 Eval Int.add 1 2.
Print Ltac2 x.
Lemma i : False. Proof. x (). Qed.

(* ==== using with a tactic *)
Section S. Variables (n : nat) (H : n = 3).
Lemma a : n = 3. Proof using H with auto. idtac... Qed.
Lemma b : n = 3. Proof using (n H) with (exact H). idtac... Qed.
Lemma c : n = n. Proof using Type with reflexivity. idtac... Qed.
Lemma d : True. Proof using All. exact I. Qed.
Lemma e : True. Proof using -(H). exact I. Qed.
Lemma f : True. Proof using Type* . exact I. Qed.
Lemma g : True. Proof using (n H) - (H). exact I. Qed.
Lemma h : True. Proof using n + H. exact I. Qed.
Lemma i : n = 3. Proof using Type*. exact H. Qed.
End S.
Check (d 3 eq_refl). Check (g 3). Check (h 3 eq_refl).

(* ==== names that look like words *)
Lemma using' : True. Proof. exact I. Qed.
Lemma a : True. Proof using'.
Lemma with' : True. Proof. exact I. Qed.
Lemma b : True. Proof with'.
Lemma usingx : True. Proof using'.
Lemma c : True. Proof usingx.
Lemma Qed' : True. Proof. exact I. Qed.
Lemma d : True. Proof Qed'.
Lemma Proof' : True. Proof. exact Qed'. Qed.
Lemma Time' : True. Proof Proof'.
Lemma End : True. Proof. exact Time'. Qed.
Lemma Section : True. Proof End.
Lemma Lemma : True. Proof Section.
Lemma Qed : True. Proof Lemma.
Lemma e : 1 = 2. Proof Qed.

(* ==== proofs by terms of all sorts *)
Lemma a : True. Proof (I).
Lemma b : nat -> nat. Proof fun x => x.
Lemma c : 3 = 3. Proof @eq_refl _ _.
Lemma d : True. Proof match I with I => I end.
Lemma e : {x : nat | x = 3}. Proof (exist _ 3 eq_refl).
Lemma f : True. Proof ltac:(exact I).
Lemma g : let x := 3 in x = 3. Proof let x := 3 in eq_refl.
Definition h : nat. Proof 3.
Lemma i : nat. Proof 3%nat.
Lemma j : True. Proof ((* c *) I (* . *) ).
Fixpoint k (n : nat) : nat. Proof n.
Fixpoint l (n : nat) : nat. Proof l.

(* ==== a term before tactics *)
Lemma a : True /\ True. Proof conj I _.
Lemma b : True. Proof. exact I. Qed.

(* ==== a term after tactics *)
Lemma a : True /\ True. split. Proof I.
Lemma b : True. Proof. exact I. Qed.

(* ==== Proof in a strange place *)
Lemma a : True /\ True. split. Proof. exact I. Proof. exact I. Qed.
Lemma b : True. Proof. Proof. exact I. Qed.
Section S. Variables (n : nat) (H : n = 3).
Lemma c : n = 3. exact H. Proof using All. Qed.
Lemma d : n = 3. Proof. Proof using All. exact H. Qed.
End S.
Check (c 3 eq_refl).

(* ==== nested proofs of all sorts *)
Set Nested Proofs Allowed.
Lemma a : True /\ True.
Proof. split.
  Definition d : nat. Proof. exact 3. Defined.
  - exact I.
  Fixpoint f (n : nat) : nat. Proof. exact n. Defined.
  Goal True. exact I. Qed.
  - Lemma b : d = 3. Proof. Lemma c : True. Proof I. reflexivity. Qed. exact I.
Qed.
Lemma e : d = f 3. Proof. Lemma g : 1 = 2. Abort. reflexivity. Qed.
Lemma h : True. Proof. Lemma i : True. Proof. Abort All.
Unset Nested Proofs Allowed.
Lemma j : True. Proof. Lemma k : True. exact I. Qed.

(* ==== abandoned in every way *)
Lemma a : False. Abort.
Lemma a : False. Proof. Abort.
Definition a : False. Proof. idtac. Abort All.
Fixpoint f (n : nat) : nat. Abort.
Existing Class le. Instance a : le 0 0. Abort.
Lemma a : False. Admitted.
Lemma b : False. Proof. exact a. Admitted.
Definition c : nat. Admitted.
Fixpoint g (n : nat) : False. Admitted.
Goal False. Admitted.
Lemma d (n : nat) : False with e (n : nat) : False. Admitted.
Lemma z : 1 = 2. Proof. destruct b. Qed.
Lemma y : 1 = 2. Proof. Time Abort. Time Check z. Abort.

(* ==== commands inside of a proof *)
Definition k := 3. Opaque k.
Lemma a : k = 3 /\ True.
Proof.
  Transparent k. Check k. Print k. About a. Search nat. Compute 1. Eval cbv in k. Locate k. Type k.
  split. reflexivity. Strategy opaque [k]. Test Printing All. Comments "a. " 3 k.
  Set Printing Depth 20. Declare Scope foo. Open Scope nat_scope. Print Assumptions k. Inspect 3.
  Arguments k : simpl never. Pwd. Print LoadPath. Print Scopes. SearchPattern nat. SearchRewrite nat.
  exact I.
Qed.
Lemma b : k = 3. Proof. Definition j := 3. Axiom x : j = k. Inductive t := T. exact (eq_sym x). Qed.
Lemma c : j = k. Proof. exact x. Qed.
Lemma d : T = T. Proof. Tactic Notation "foo" := reflexivity. foo. Qed.
Lemma e : 1 = 2. Proof. Ltac bar := foo. bar. Qed.

(* ==== options set inside of a proof *)
Require Import Program.
Lemma a : True. Proof. Set Nested Proofs Allowed. Lemma b : True. Proof I. exact I. Qed.
Lemma c : True. Proof. Unset Nested Proofs Allowed. Set Default Timeout 100. exact I. Unset Default Timeout. Qed.
Lemma d : True. Proof. Set Ltac Profiling. exact I. Show Ltac Profile. Unset Ltac Profiling. Qed.
Lemma e : True /\ True. Proof. Set Default Goal Selector "all". split. exact I. Qed.
Lemma f : True. Proof. Set Default Goal Selector "1". Set Universe Polymorphism. exact I. Qed.
Lemma g : Type. Proof. Unset Universe Polymorphism. exact nat. Qed.
Lemma h : True. Proof. #[local] Set Default Proof Using "Type". exact I. Qed.
Lemma i : True. Proof. Set Program Mode. exact I. Qed.
Lemma j : {n : nat | n = 3}. Proof. exact 3. Qed.

(* ==== options that proofs see *)
Set Default Goal Selector "!".
Lemma a : True /\ True. Proof. split. 1: exact I. exact I. Qed.
Set Default Goal Selector "1".
Set Asymmetric Patterns. Set Keep Proof Equalities. Set Solve Unification Constraints.
Lemma b : S = S. Proof. Unset Solve Unification Constraints. reflexivity. Qed.
Set Mangle Names. Set Mangle Names Prefix "x_".
Lemma c : forall n : nat, n = n. Proof. intros. reflexivity. Qed.
Unset Mangle Names.
Lemma d : forall n : nat, n = n. Proof. intros. exact (eq_refl n). Qed.
Set Mangle Names Light.
Lemma e : forall n : nat, n = n. Proof. intros. exact (eq_refl n). Qed.

(* ==== using two names with a tactic *)
Section S. Variables (n : nat) (H : n = 3).
Lemma b : n = 3. Proof using n H with auto. idtac... Qed.
End S.

(* ==== primitive numbers *)
Require Import Uint63 PrimFloat PArray.
Open Scope uint63_scope.
Lemma a : 1 + 2 = 3. Proof. vm_compute. reflexivity. Qed.
Lemma b : (1.5 + 0x1p-1 = 2.0)%float. Proof. reflexivity. Qed.
Definition t : array int := [| 1; 2; 3 | 0 |].
Lemma c : t.[1] = 2. Proof. reflexivity. Qed.
Lemma d : t.[2 <- 5].[2] = 5. Proof. reflexivity. Qed.
Lemma e : (1e3 = 1000.0)%float. Proof. reflexivity. Qed.
Compute 1. (* . *)
Lemma f : 1 = 2. Proof. reflexivity. Qed.

(* ==== primitive strings *)
Require Import PrimString.
Open Scope pstring_scope.
Lemma a : cat "a. Qed." "(* b ""c" = "a. Qed.(* b ""c". Proof. reflexivity. Qed.
Lemma b : length "é" = length "ab". Proof. reflexivity. Qed.
Definition c : string := "
Lemma x : 1 = 2. Proof. reflexivity. Qed.
".
Lemma d : "a" = "b". Proof. reflexivity. Qed.

(* ==== strings of the library *)
Require Import String Ascii.
Open Scope string_scope.
Lemma a : "Proof. (*" ++ " Qed. """ = "Proof. (* Qed. """. Proof. reflexivity. Qed.
Lemma b : "a"%char = "097"%char. Proof. reflexivity. Qed.
Lemma c : "" = "". Proof. (* "*)" *) reflexivity. Qed.
Lemma d : "a.
Qed. " = "a.
Qed. ". Proof. reflexivity. Qed.
Lemma e : """" = """"" ". Proof. reflexivity. Qed.

(* ==== primitives by hand *)
Primitive int := #int63_type.
Primitive add := #int63_add.
Register nat as foo.nat.
Lemma a : forall x y, add x y = add x y. Proof. reflexivity. Qed.
Register a as foo.a.
Register Inline a.

(* ==== Register Inline of a definition *)
Definition d := 3.
Register Inline d.
Lemma a : d = 3. Proof. vm_compute. reflexivity. Qed.

(* ==== notations of numbers and strings *)
Inductive n := N : list Byte.byte -> n.
Definition parse (l : list Byte.byte) := N l.
Definition print (x : n) := let (l) := x in l.
Declare Scope n_scope. Delimit Scope n_scope with n.
String Notation n parse print : n_scope.
Lemma a : "a. Qed"%n = "a. Qed"%n. Proof. reflexivity. Qed.
Inductive m := M : Number.uint -> m.
Definition parsem (l : Number.uint) := M l.
Definition printm (x : m) := let (l) := x in l.
Declare Scope m_scope. Delimit Scope m_scope with m.
Number Notation m parsem printm : m_scope.
Lemma b : 12%m = 12%m. Proof. reflexivity. Qed.
Lemma c : 12%m = 13%m. Proof. reflexivity. Qed.

(* ==== extraction of all sorts *)
Require Extraction.
Extraction Language Haskell. Extraction Language OCaml.
Extraction Blacklist List. Extraction Inline pre0. Extraction NoInline pre1.
Extract Inductive nat => "int" [ "0" "(fun x -> x + 1)" ] "(fun z s n -> if n=0 then z () else s (n-1))".
Definition v : {n : nat | n = 3}. Proof. exists 3. reflexivity. Qed.
Definition w : nat. Proof. exact 3. Defined.
Axiom x : nat. Extract Constant x => "3". Extract Inlined Constant x => "4".
Lemma a : proj1_sig v = proj1_sig v. Proof. reflexivity. Qed.
Recursive Extraction w. Recursive Extraction w x. Extraction TestCompile w. Extraction "out.ml" w.
Recursive Extraction v.
Show Extraction.

(* ==== extraction in a proof *)
Require Extraction.
Definition w : nat. Proof. exact 3. Defined.
Lemma a : w = 3. Proof. Extraction w. Show Extraction. reflexivity. Qed.
Separate Extraction w.
Extraction Library nosuch.

(* ==== extraction options alone *)
Require Extraction.
Extraction Language OCaml.
Set Extraction Output Directory ".".
Extraction Blacklist List.
Print Extraction Blacklist. Print Extraction Inline. Reset Extraction Inline. Reset Extraction Blacklist.
Lemma a : 1 = 1. Proof. reflexivity. Qed.
Extraction Implicit plus [ 1 ].

(* ==== Redirect of all sorts *)
Redirect "a. Qed" Check nat.
Redirect "b" Lemma a : True. Redirect "c" Proof. Redirect "d" exact I. Redirect "e" Qed.
Redirect "f" Definition x := 3.
Time Redirect "g" Timeout 10 Compute x.
Fail Redirect "h" Check nosuch.
Redirect "i" Fail Check nosuch.
Lemma b : True /\ True. Proof. split. Redirect "j" Show. Redirect "k" all: exact I. Qed.
Redirect "l" Lemma c : 1 = 2. Proof. Redirect "m" reflexivity. Qed.

(* ==== Redirect to nowhere *)
Lemma a : True. Proof. exact I. Qed.
Redirect "nosuch/a" Check nat.
Lemma b : True. Proof. exact I. Qed.

(* ==== Load of a file *)
Lemma a : True. Proof. exact I. Qed.
Load "Loaded".
Lemma b : True. Proof. exact loaded. Qed.

(* ==== Load of a file by its name *)
Load Loaded.
Lemma b : True. Proof. exact loaded. Qed.
Load Verbose "Loaded.v".

(* ==== Load inside of a proof *)
Lemma a : True.
Proof. Load "Script".
Lemma b : True. Proof. exact a. Qed.
Lemma c : 1 = 2. Proof. exact a. Qed.

(* ==== Load of a file that opens a proof *)
Load "Opened".
exact I. Qed.
Lemma b : True. Proof. exact opened. Qed.

(* ==== Load of a file with a mistake *)
Lemma a : True. Proof. exact I. Qed.
Load "Mistake".
Lemma b : True. Proof. exact loaded. Qed.

(* ==== Load of a file that is not there *)
Lemma a : True. Proof. exact I. Qed.
Fail Load "nosuch".
Load "nosuch".

(* ==== Load inside of a section *)
Section S. Variable n : nat.
Load "Loaded".
Lemma b : n = n. Proof. reflexivity. Qed.
End S.
Check (b 3). Check loaded.

(* ==== Cd and Pwd *)
Pwd.
Lemma a : True. Proof. Pwd. exact I. Qed.
Cd ".".
Lemma b : True. Proof. exact I. Qed.
Cd.
Lemma c : 1 = 2. Proof. reflexivity. Qed.

(* ==== Cd to another folder *)
Cd "..".
Lemma b : True. Proof. exact I. Qed.

(* ==== Cd to nowhere *)
Lemma b : True. Proof. exact I. Qed.
Cd "nosuch".
Lemma c : True. Proof. exact I. Qed.

(* ==== Fail and Succeed in each other *)
Succeed Fail Check nosuch.
Fail Succeed Check nosuch.
Fail Fail Fail Check nosuch.
Succeed Succeed Lemma a : True.
Succeed Definition a := 3.
Fail Fail Lemma a : True.
Time Fail Timeout 5 Check nosuch.
Fail Time Lemma a : 3.
Lemma a : True /\ True.
Proof. Succeed exact (conj I I). split. Abort.
Lemma a : True /\ True.
Proof. Fail Qed. Fail Defined. Succeed Admitted. Succeed Abort. Succeed split. Fail reflexivity. split; exact I. Succeed Qed. Qed.
Fail Qed. Fail Proof. Fail End S. Fail exact I.
Section S. Fail End T. Succeed End S. Fail Section. End S.
Succeed Lemma b : 1 = 2. Fail Lemma b : 1 = nosuch.
Fail Lemma b : True.

(* ==== Instructions and their kin *)
Instructions Lemma a : True. Instructions Proof. Instructions exact I. Instructions Qed.
Instructions Definition x := 3.
Instructions Lemma b : 1 = 2. Proof. Instructions reflexivity. Qed.

(* ==== Profile *)
Profile "prof.json" Lemma a : True. Profile Proof. Profile "prof2.json" exact I. Profile Qed.
Profile Definition x := 3.
Lemma b : 1 = 2. Proof. Profile reflexivity. Qed.

(* ==== Timeout of all sorts *)
Timeout 10 Theorem a : True. Timeout 10 Proof. Timeout 10 exact I. Timeout 10 Qed.
Time Timeout 10 Fail Timeout 10 Check nosuch.
Lemma b : True /\ True. Timeout 10 split. Timeout 10 2: exact I. Timeout 10 { Timeout 10 exact I. Timeout 10 } Qed.
Set Default Timeout 10.
Lemma c : True. Proof. timeout 10 exact I. Qed.
Lemma d : 1 = 2. Proof. timeout 10 reflexivity. Qed.

(* ==== Info and infoH *)
Lemma a : True. Proof. Info 1 exact I. Qed.
Lemma b : True /\ True. Proof. infoH split. Info 2 split. exact I. exact I. Qed.
Lemma c : True. Proof. info_auto. Qed.
Lemma d : True. Proof. Set Info Level 2. exact I. Qed.
Lemma e : True. Proof. debug auto. Debug On. Debug Off. Qed.

(* ==== SProp of all sorts *)
Inductive sE : SProp := .
Inductive Box (A : SProp) : Prop := box : A -> Box A.
Record sr : SProp := { x : sE }.
Lemma a : forall A : SProp, A -> Box A. Proof. intros A y. constructor. exact y. Qed.
Lemma b : sE -> False. Proof. intro e. destruct e. Qed.
Lemma c (A : SProp) (P : A -> Prop) (y z : A) : P y -> P z. Proof. exact (fun p => p). Qed.
Definition d : SProp. Proof. exact sE. Defined.
Lemma e : d -> 1 = 2. Proof. intros []. Qed.
Set Definitional UIP.
Inductive seq (A : Type) (u : A) : A -> SProp := srefl : seq A u u.
Lemma f (A : Type) (u v : A) (p : seq A u v) (P : A -> Type) : P u -> P v. Proof. intro q. destruct p. exact q. Qed.
Lemma g : SProp. Proof. exact True. Qed.

(* ==== Import with filters *)
Module M.
Lemma a : True. Proof. exact I. Qed.
Definition b : nat. Proof. exact 3. Defined.
Notation "'xx'" := 4.
#[export] Hint Resolve a : core.
End M.
Import M(a).
Lemma c : True. Proof. exact a. Qed.
Fail Check b.
Import (notations) M.
Lemma d : xx = 4. Proof. reflexivity. Qed.
Module N. Export -(hints) M. Import(hints,notations)M. Lemma e : b = 3. Proof. reflexivity. Qed. End N.
Import N(e).
Import -(coercions) M. Export (canonicals) M.
Lemma f : b = 3. Proof. exact N.e. Qed.
Import M(nosuch).

(* ==== modules in modules with proofs *)
Module A.
  Module B. Lemma b : True. Proof. exact I. Qed. End B.
  Module Type T. Parameter t : nat. Axiom ax : t = 3. Lemma x : 3 = t. Proof. symmetry. exact ax. Qed. End T.
  Module C (X : T) (Y : T with Definition t := X.t). Lemma c : X.t = 3. Proof. exact Y.ax. Qed. End C.
  Module Import D. Lemma d : True. Proof. exact B.b. Qed. End D.
  Lemma e : True. Proof. exact d. Qed.
End A.
Module E <: A.T. Definition t := 3. Lemma ax : t = 3. Proof. reflexivity. Qed. Lemma x : 3 = t. Proof. reflexivity. Qed. End E.
Module F := A.C E E.
Module Export G := A.D.
Lemma g : True. Proof. exact d. Qed.
Module Type U := A.T with Definition t := 3.
Lemma h : 3 = 3. Proof. exact F.c. Qed.

(* ==== Include of all sorts *)
Module Type T. Parameter t : nat. End T.
Module Type P (X : T). Axiom ax : X.t = 3. End P.
Module Type TP := T <+ P.
Module M. Definition t := 3. Include P. Lemma b : t = 3. Proof. exact ax. Qed. End M.
Module F (X : T). Lemma c : X.t = X.t. Proof. reflexivity. Qed. Definition d : nat. exact X.t. Defined. End F.
Module N <: T. Definition t := 3. Include F. Lemma e : d = 3. Proof. reflexivity. Qed. End N.
Module O. Include Type TP with Definition t := 3. End O.
Module Q := N <+ M.

(* ==== a module with a hole *)
Module Type T. Parameter t : nat. Lemma a : t = t. Proof. reflexivity. Qed. End T.
Module M <: T. Definition t := 3. End M.

(* ==== a module inside of a section *)
Section S. Variable n : nat.
Lemma a : n = n. Proof. reflexivity. Qed.
Module M. End M.
End S.

(* ==== an End inside of a proof *)
Module M. Lemma a : True. Proof. exact I. End M.
Lemma b : True. Proof. exact I. Qed.

(* ==== sections of one name *)
Section S. Variable n : nat. Lemma a : n = n. Proof. reflexivity. Qed.
Section S. Variable m : nat. Lemma b : n = m -> m = n. Proof. intro H. rewrite H. reflexivity. Qed. End S.
Lemma c : n = n. Proof. exact (eq_sym (b n eq_refl)). Qed. End S.
Section S. Lemma d : 1 = 1. Proof. exact (c 1). Qed. End S.
Section T. Variable a : nat. Lemma n : a = 3 -> a = 3. Proof. exact (fun x => x). Qed. End T.
Check (n 3 eq_refl). Check b.
Section T. Variable b : nat. Lemma x : b = b. Proof. reflexivity. Qed. End T. Lemma y : 1 = 2. exact (x 1). Qed.

(* ==== a section that is not closed *)
Section S. Variable n : nat. Lemma a : n = n. Proof. reflexivity. Qed.
Lemma b : True. Proof. exact I. Qed.

(* ==== a module that is not closed *)
Module M. Lemma a : True. Proof. exact I. Qed.
Lemma b : True. Proof. exact I. Qed.

(* ==== a number that ends in a dot *)
Require Import PrimFloat.
Lemma e : (1e3 = 1000.)%float. Proof. reflexivity. Qed.
Lemma f : True. Proof. exact I. Qed.

(* ==== a sentence without end *)
Lemma a : True. Proof. exact I. Qed.
Lemma b : 1 = 1. Proof. reflexivity

(* ==== a last word without end *)
Lemma a : True. Proof. exact I. Qed.
Lemma b : 1 = 1. Proof. reflexivity. Qed

(* ==== a command without end *)
Lemma a : 1 = 2. Proof. reflexivity. Qed.
Check

(* ==== attributes of all sorts *)
Require Import Program.
#[local, using="Type"] Lemma a1 : True. Proof. exact I. Qed.
#[ (* c. *) local ] Lemma a2 : True. Proof. exact I. Qed.
#[local] #[warnings="-all"] Lemma a3 : True. Proof. exact I. Qed.
#[deprecated(since="1.0", note="a. Qed. ] b")] Lemma a4 : True. Proof. exact I. Qed.
#[universes(polymorphic=no)] Lemma a5 : Type. Proof. exact nat. Qed.
#[universes(polymorphic,cumulative)] Inductive i1@{u} : Type@{u} := C.
#[universes(template)] Inductive i2 (A : Type) := D (x : A).
#[private(matching)] Inductive i3 := E.
#[projections(primitive)] Record r := { f : nat }.
#[local] Program Definition a6 : {n : nat | n = 3} := 3.
#[global] #[export] Hint Resolve a1 : core.

(* ==== attributes that are not known *)
Lemma a : True. Proof. exact I. Qed.
#[nosuch] Lemma b : True. Proof. exact I. Qed.
Lemma c : True. Proof. exact I. Qed.

(* ==== attributes at ends and tactics *)
#[local] Lemma a : True. #[local] Proof. exact I. Qed.
Lemma b : True. Proof. exact I. #[local] Qed.

(* ==== an attribute given twice *)
#[local, local] Lemma a : True. Proof. exact I. Qed.
#[local] Local Lemma b : True. Proof. exact I. Qed.

(* ==== prefixes in every order *)
Local Monomorphic Lemma a : True. Proof. exact I. Qed.
Polymorphic Lemma b@{u v|u < v +} : Type@{v}. Proof. exact Type@{u}. Qed.
Monomorphic Definition c@{u} : Type@{u+1}. Proof. exact Type@{u}. Defined.
Polymorphic Cumulative Inductive i1@{+u} : Type@{u} := C1.
Polymorphic NonCumulative Record r@{u} : Type@{u} := { f1 : nat }.
Private Inductive i2 := C2.
Polymorphic Lemma e@{u} : Type@{u}. Proof. exact Type@{u}. Qed.

(* ==== universes of a polymorphic section *)
Set Universe Polymorphism.
Section S. Universe u. Context (A : Type@{u}).
Lemma a : A -> A. Proof. exact (fun x => x). Qed.
Lemma b : A -> A. Proof. exact a. Qed.
Let c : Type@{u}. Proof. exact A. Qed.
End S.
Polymorphic Section T. Polymorphic Universes v w. Polymorphic Constraint v < w.
Lemma d : Type@{w}. Proof. exact Type@{v}. Defined. End T.
Set Private Polymorphic Universes. Set Universe Minimization ToSet.
Lemma e@{i} : Type@{i}. Proof. exact nat. Qed.
Lemma f@{i j} : Type@{i}. Proof. exact Type@{j}. Qed.

(* ==== universes that two proofs fix *)
Universes u v.
Lemma a : True. Proof. pose (Type@{u} : Type@{v}). exact I. Qed.
Lemma b : True. Proof. exact I. Qed.
Lemma c : True. Proof. pose (Type@{v} : Type@{u}). exact I. Qed.

(* ==== cumulativity switched off *)
Unset Universe Checking.
Lemma a : Type@{Set}. Proof. exact Type. Qed.
Set Universe Checking.
Lemma b : Set. Proof. exact Type. Qed.

(* ==== comments in every place *)
Lemma(*x*)a(*y*):True(*z*). (**)Proof(* *) . (* . *)exact(* Qed. *)I(**). (*"*)"*)Qed(**).
(* (* *) (* " (* " *) *) Lemma b : (* a. b *) 1 = 1. (* *)(* *) Proof. (**) reflexivity. (**)Qed. (** doc *)(* *** *)
Lemma c : True. { (* } *) exact I. (* { *) } (**) Qed.
Lemma d : True /\ True. Proof. split. (* - *) - (* + *) exact I. -(**)exact I. Qed.
#[(* a *) local (* " ] " *)] Lemma e : True. Proof using (* x *) . exact I. Qed.
Comments "a. (* " 3 (b). Comments. Comments I "".
Lemma (* *) f : 1 = 2. (* *) Proof. (* *) reflexivity. (* *) Qed.

(* ==== a comment that ends too often *)
Lemma a : True. Proof. exact I. Qed. *)
Lemma b : True. Proof. exact I. Qed.

(* ==== a string in a comment that is open *)
Lemma a : True. Proof. exact I. Qed. (* " *)
Lemma b : True. Proof. exact I. Qed.

(* ==== tokens with dots *)
Notation "x .+ y" := (x + y) (at level 50).
Notation "x +. y" := (x * y) (at level 40).
Lemma a : 1 .+ 2 = 3. Proof. reflexivity. Qed.
Lemma b : 2 +. 3 = 6. Proof. reflexivity. Qed.
Notation "'foo.' x" := (S x) (at level 10).
Lemma c : foo. 2 = 3. Proof. reflexivity. Qed.
Notation "[ x ; .. ; y ]" := (cons x .. (cons y nil) ..).
Lemma d : [1 ; 2] = cons 1 [2]. Proof. reflexivity. Qed.
Notation "x ..." := (S x) (at level 10).
Lemma e : 1 +. 1 = 2. Proof. reflexivity. Qed.

(* ==== words of Coq as tokens *)
Notation "'Qed' x" := (S x) (at level 10).
Lemma a : Qed 2 = 3. Proof. reflexivity. Qed.
Notation "'Proof' x 'using' y" := (x = y) (at level 70).
Lemma b : Proof 1 using 1. Proof. reflexivity. Qed.
Tactic Notation "Lemma" "x" := reflexivity.
Lemma c : 1 = 1. Proof. reflexivity. Qed.
Notation "|| x ||" := (S x). Infix "-->" := plus (at level 50).
Lemma e : || 2 || --> 1 = 4. Proof. - { reflexivity. } Qed.
Lemma f : || 2 || = 4. Proof. reflexivity. Qed.

(* ==== tactics that end in strange tokens *)
Tactic Notation "done" "." "(" ")" := idtac.
Tactic Notation "by!" := exact I.
Tactic Notation "Qedx" := exact I.
Tactic Notation (at level 3) "all!" tactic3(t) := (t; exact I).
Ltac Foo := exact I. Ltac Bar x := exact x.
Lemma a : True. Proof. by!. Qed.
Lemma b : True. Proof. Qedx. Qed.
Lemma c : True. Proof. Foo. Qed.
Lemma d : True. Proof. Bar I. Qed.
Lemma e : True. Proof. all! idtac. Qed.
Lemma f : False. Proof. Foo. Qed.

(* ==== custom entries *)
Declare Custom Entry e.
Notation "<{ x }>" := x (x custom e at level 9).
Notation "x" := x (in custom e at level 0, x constr at level 0).
Notation "x ;; y" := (x + y) (in custom e at level 5).
Notation "'end.' x" := x (in custom e at level 5).
Lemma a : <{ 1 ;; 2 }> = 3. Proof. reflexivity. Qed.
Lemma b : <{ end. 3 }> = 3. Proof. reflexivity. Qed.
Reserved Notation "x =?= y" (at level 70).
Fixpoint eqn (x y : nat) : bool := match x, y with 0, 0 => true | S x, S y => x =?= y | _, _ => false end where "x =?= y" := (eqn x y).
Lemma c : 2 =?= 3 = true. Proof. reflexivity. Qed.

(* ==== notations switched off and on *)
Notation "x ## y" := (x + y) (at level 50).
Disable Notation "##".
Fail Check 1 ## 2.
Enable Notation "##".
Lemma a : 1 ## 2 = 3. Proof. reflexivity. Qed.
Notation foo := I (only parsing). Notation bar x := (S x).
Lemma b : True. Proof. exact foo. Qed.
Lemma c : bar 1 = 3. Proof. reflexivity. Qed.

(* ==== letters of all the world *)
Lemma λ_x' (α β₁ : nat) (Ж : α = β₁) : β₁ = α. Proof. exact (eq_sym Ж). Qed.
Notation "x ≡ y" := (x = y) (at level 70). Notation "∃! x" := (x = x) (at level 10).
Lemma 漢字 : 1 ≡ 1. Proof. (* 😀 “” *) reflexivity. Qed.
Lemma été (ñ : ∃! 3) : 3 ≡ 3. Proof. exact ñ. Qed.
Definition 𝒳 := 3. Lemma _ab : 𝒳 ≡ 4. Proof. (* ≡≡≡ *) reflexivity. Qed.

(* ==== a blank that is none *)
Lemma a : True. Proof. exact I. Qed.
Lemma b : True. Proof. exact I. Qed.

(* ==== with_strategy and its kin *)
Definition f := 3. Lemma a : nat. Proof. exact 3. Qed.
Strategy 10 [f] opaque [Nat.add]. Strategy expand [f].
Lemma b : f = 3. Proof. with_strategy opaque [f] (with_strategy transparent [f] reflexivity). Qed.
Opaque f. Lemma c : f = 3. Proof. Fail unfold f. reflexivity. Qed.
Transparent f. Lemma d : f = 3. Proof. unfold f. reflexivity. Qed.
#[global] Opaque f. #[export] Transparent f.
Section S. Local Opaque f. Lemma e : f = 3. Proof. reflexivity. Qed. End S.
Lemma g : a = 3. Proof. with_strategy transparent [a] reflexivity. Qed.

(* ==== hints of all sorts *)
Axiom P : nat -> Prop. Axiom p0 : P 0. Axiom pS : forall n, P n -> P (S n).
Create HintDb db discriminated. Create HintDb db2.
Hint Resolve p0 : db. #[export] Hint Resolve pS | 5 : db. #[local] Hint Immediate p0 : db2.
Hint Extern 3 (P _) => (apply pS) : db2. Hint Extern 5 => idtac "Qed. " : db2.
Hint Constructors le : db. Hint Unfold not : db. Hint Opaque not : db. Hint Transparent not : db.
Hint Variables Opaque : db. Hint Constants Transparent : db. Hint Mode P ! : db. Hint Cut [ _* pS pS ] : db2.
Lemma a : P 3. Proof. auto with db. Qed.
#[local] Hint Resolve a : db.
Remove Hints a : db.
Hint Rewrite <- plus_n_O using auto : db.
Lemma b : P 7. Proof. auto 20 with db. Qed.
Typeclasses Opaque P. Typeclasses Transparent P. Typeclasses eauto := debug (dfs) 5.
Lemma c : P 1. Proof. auto. Qed.

(* ==== a proof with set options, and one that is local *)
Section S. Variables (n : nat) (H : n = 3).
Set Default Proof Using "n".
Lemma a : n = n. Proof. reflexivity. Qed.
#[local] Set Default Proof Using "All".
Lemma b : True. Proof. exact I. Qed.
Unset Default Proof Using.
Lemma c : n = 3. Proof. exact H. Qed.
End S.
Check (a 3). Check (b 3 eq_refl). Check (c 3 eq_refl).
Lemma d : True. Proof. exact b. Qed.

(* ==== a proof that no Qed ends, then a good one *)
Lemma a : True.
Proof. exact I.

Definition b := 3.
Lemma c : True. Proof. exact I. Qed.

(* ==== a Qed without a proof *)
Definition b := 3. Qed.
Lemma c : True. Proof. exact I. Qed.

(* ==== a tactic without a proof *)
Definition b := 3.
reflexivity.
Lemma c : True. Proof. exact I. Qed.

(* ==== brackets without a proof *)
Lemma c : True. Proof. exact I. Qed.
{ }
Lemma d : True. Proof. exact I. Qed.

(* ==== Qed where Defined was meant *)
Definition f : nat. Proof. exact 3. Qed.
Lemma a : f = 3. Proof. unfold f. reflexivity. Qed.

(* ==== statements that are wrong *)
Lemma a : forall n : nosuch, True. Proof. exact I. Qed.
Lemma b : True. Proof. exact I. Qed.

(* ==== a statement without type *)
Lemma a. Proof. exact I. Qed.
Lemma b : True. Proof. exact I. Qed.

(* ==== a statement with a body *)
Lemma a : True := I.
Theorem b (n : nat) : n = n := eq_refl.
Lemma c : True. Proof. exact I. Qed.

(* ==== rewrite rules *)
Symbol f : nat -> nat.
Rewrite Rule r := f 0 => 0.
Lemma a : f 0 = 0. Proof. reflexivity. Qed.

(* ==== sorts by name *)
Sort q.
Lemma a@{s;u} : forall A : Type@{s;u}, A -> A. Proof. exact (fun A x => x). Qed.

(* ==== collections *)
Section S. Variables (a b : nat) (H : a = 3) (K : b = 4).
Collection A := a H. Collection B := A + b. Collection C := B - (K H).
#[using="B"] Lemma l1 : a = 3. Proof. exact H. Qed.
Lemma l2 : a = a. Proof using C. reflexivity. Qed.
#[using="a"] Definition l3 : nat. Proof. exact a. Defined.
#[using="All"] Fixpoint l4 (n : nat) : nat. Proof. exact n. Defined.
Lemma l5 : b = 4. Proof using B K. exact K. Qed.
End S.

(* ==== ssreflect of all sorts *)
Require Import ssreflect ssrbool ssrfun.
Lemma a (b c : bool) : b && c -> c. Proof. by case/andP. Qed.
Lemma d (n : nat) : n = n -> n + 0 = n.
Proof. move=> {}_; elim: n => [|n IHn] //=; by rewrite IHn. Qed.
Lemma e (x : nat) : exists y, y = x. Proof. by exists x. Qed.
Hint View for apply/ iffLR.
Lemma f : True /\ True. Proof. split=> //. Qed.
Lemma g (P : Prop) : P -> P. Proof. have h : True by []. suff: True -> P -> P by exact. by move=> _; apply. Qed.
Lemma h (n : nat) : n = n. Proof. set m := {1 2}n. pose k := 3. wlog: / True; first by []. by []. Qed.
Lemma i (n : nat) : n = 1. Proof. by case: n => [|[|n]]. Qed.

(* ==== Set of what does not exist *)
Set Nosuch Option.
Lemma a : True. Proof. exact I. Qed.
Unset Nosuch Option. Set Printing Depth "x".

(* ==== a comment glued to a dot *)
Lemma a : True. Proof.(* a *) exact I.(**) Qed.
Lemma b : True. Proof. exact I. Qed.
(* ==== extraction of a lemma whose name begins like an option *)
Require Extraction.
Lemma Implicit_number : nat.
Proof. exact 0. Qed.
Set Warnings "+extraction-opaque-accessed".
Recursive Extraction Implicit_number.
(* ==== extraction into a file whose name follows at once *)
Require Extraction.
Lemma number : nat.
Proof. exact 0. Qed.
Set Warnings "+extraction-opaque-accessed".
Extraction"odd.ml" number.
