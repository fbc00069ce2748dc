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
