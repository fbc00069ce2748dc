(** Proofs of every sort. Names say what is expected: go_ can be delegated, stay_ stays in place. *)
Require Import Setoid Morphisms.
Require Coq.Program.Tactics Coq.derive.Derive Recdef.

Theorem go_theorem : True. Proof. exact I. Qed.
Lemma go_without_proof : True. exact I. Qed.
#[local] Fact go_attribute : True. Proof with auto. auto... Qed.
Global Remark go_comment (* . *) : (* Defined. *) True. (* Defined. *) Proof. (* Set X. *) exact I. Qed.
Time Corollary go_time : True. Time Proof. Time exact I. Time Qed.
Proposition go_match (n : nat) : match n with O => True | S _ => True end. Proof. destruct n; exact I. Qed.
Property go_let : let x := 3 in x = 3. Proof. reflexivity. Qed.
Definition go_definition (n := 3) : let x := 3 in x = n. Proof. reflexivity. Qed.
Example go_example : True. Proof. Fail exact 0. Succeed exact I. Unshelve. 1: { exact I. } Qed.
Ltac Capital := exact I. Lemma go_capital_tactic : True. Proof. Capital. Qed.
Class C := c : nat.
Instance go_instance : C. Proof. exact 0. Qed.
Definition no_proof : nat := 3. Instance no_proof_either : C := 3. Let neither := 3.
Module M. Module N (X : Equalities.Typ).
  Lemma go_in_functor : True. Proof. exact I. Qed. End N.
  Lemma go_in_module : True. Proof. exact I. Qed.
End M.
Section S.
  Variables (x y : nat) (b : bool). Hypothesis H : x = y. Context {z : nat} `{C}.
  Lemma go_in_section : x = y. Proof. exact H. Qed.
  Lemma go_with_using : x = y. Proof using H. exact H. Qed.
  #[using="H"] Lemma go_with_attribute : x = y. Proof. exact H. Qed.
  Let stay_let : True. Proof. exact I. Qed.
  Section T. Variable t : nat. Lemma go_nested_section : True. Proof using Type. exact I. Qed. End T.
End S.

Lemma stay_defined : True. Proof. exact I. Defined.
Lemma stay_admitted : True. Proof. exact I. Admitted.
Lemma stay_abort : True. Proof. exact I. Abort.
Lemma stay_term : True. Proof I.
Goal True. exact I. Save stay_save.
Lemma stay_set : True. Proof. Set Printing All. exact I. Qed.
Lemma stay_hint : True. Proof. Hint Resolve I : core. exact I. Qed.
Lemma stay_check : True. Proof. Check I. 1: Check I. exact I. Qed.
Lemma stay_definition : True. Proof. Definition inner := 3. exact I. Qed.
Lemma stay_fail : True. Proof. Fail Qed. exact I. Qed.
Lemma stay_notation : True. Proof. Local Notation "'thing'" := 3. exact I. Qed.
Lemma stay_late_proof : True. idtac. Proof. exact I. Qed.
Lemma stay_timeout : True. Timeout 100 Proof. exact I. Qed.
Fail Lemma stay_not_even_a_proof : nothing.
Polymorphic Lemma stay_polymorphic : True. Proof. exact I. Qed.
#[universes(polymorphic)] Lemma stay_polymorphic_attribute : True. Proof. exact I. Qed.
Lemma stay_universes@{u} : Type@{u} -> True. Proof. intros _. exact I. Qed.
Program Lemma stay_program : True. Proof. exact I. Qed.
Program Definition with_obligation : {n | n = 3} := _. Next Obligation. exact (exist _ 3 eq_refl). Qed.
Fixpoint stay_fixpoint (n : nat) : nat. Proof. destruct n. exact 0. exact (stay_fixpoint n). Defined.
Fixpoint go_fixpoint (n : nat) : True. Proof. destruct n. exact I. exact (go_fixpoint n). Qed.
Lemma go_with : nat -> True with go_other : nat -> True. Proof. exact (fun _ => I). exact (fun _ => I). Qed.
Class D := { d : nat; e : d = d }.
#[refine] Instance stay_refine : D := { d := 0 }. Proof. reflexivity. Qed.
Add Parametric Morphism : not with signature iff ==> iff as stay_morphism. Proof. tauto. Qed.
Function stay_function (n : nat) {measure (fun n => n) n} : nat :=
  match n with 0 => 0 | S m => stay_function m end.
Proof. auto. Qed.
Derive derived SuchThat (derived = 0) As stay_derive. Proof. subst derived. reflexivity. Qed.
Module Type U. Lemma stay_in_module_type : True. Proof. exact I. Qed. End U.
Set Universe Polymorphism. Lemma stay_flag : True. Proof. exact I. Qed. Unset Universe Polymorphism.
Module F. Set Universe Polymorphism. End F. Lemma go_flag_of_module : True. Proof. exact I. Qed.
Section F. Set Program Mode. End F. Lemma stay_flag_of_section : True. Proof. exact I. Qed.
Unset Program Mode. Section G. Local Set Program Mode. End G. Lemma go_local : True. Proof. exact I. Qed.
Set Nested Proofs Allowed.
Lemma stay_outer : True. Proof. Lemma stay_inner : True. Proof. exact I. Qed. exact stay_inner. Qed.
Unset Nested Proofs Allowed.
Goal True. Proof. exact I. Qed.
Goal True. Proof. exact I. Qed.
Instance : C. Proof. exact 0. Qed.
Lemma go_last : True. Proof. exact I. Qed.
