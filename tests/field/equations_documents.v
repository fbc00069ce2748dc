(* Small documents with the plugin Equations; tests/field/test_equations.py says what is done with
   them. It puts lemmas before each one. *)

(* ==== a function by equations *)
From Equations Require Import Equations.
Equations neg (b : bool) : bool :=
neg true := false ;
neg false := true.
Lemma twice (b : bool) : neg (neg b) = b.
Proof. funelim (neg b); reflexivity. Qed.
Lemma once : neg true = false.
Proof. simp neg. reflexivity. Qed.

(* ==== a function by equations, and a wrong lemma *)
From Equations Require Import Equations.
Equations neg (b : bool) : bool :=
neg true := false ;
neg false := true.
Lemma twice (b : bool) : neg (neg b) = true.
Proof. funelim (neg b); reflexivity. Qed.
Lemma once : neg true = false.
Proof. simp neg. reflexivity. Qed.

(* ==== a missing case *)
From Equations Require Import Equations.
Equations neg (b : bool) : bool :=
neg true := false.
Lemma once : True.
Proof. exact I. Qed.

(* ==== obligations left open, then proved *)
From Equations Require Import Equations.
Obligation Tactic := idtac.
Equations pred (n : nat) (p : n <> 0) : {m : nat | S m = n} :=
pred 0 p := _ ;
pred (S m) p := exist _ m _.
Next Obligation.
  intros p. destruct (p eq_refl).
Qed.
Next Obligation.
  reflexivity.
Qed.
Lemma after : True.
Proof. exact I. Qed.

(* ==== obligations left open, and a wrong one *)
From Equations Require Import Equations.
Obligation Tactic := idtac.
Equations pred (n : nat) (p : n <> 0) : {m : nat | S m = n} :=
pred 0 p := _ ;
pred (S m) p := exist _ m _.
Next Obligation.
  intros p. exact (p eq_refl).
Qed.
Next Obligation.
  reflexivity.
Qed.
Lemma after : True.
Proof. exact I. Qed.

(* ==== obligations that stay open *)
From Equations Require Import Equations.
Obligation Tactic := idtac.
Equations pred (n : nat) (p : n <> 0) : {m : nat | S m = n} :=
pred 0 p := _ ;
pred (S m) p := exist _ m _.
Next Obligation.
  intros p. destruct (p eq_refl).
Qed.
Lemma after : True.
Proof. exact I. Qed.

(* ==== one obligation too many *)
From Equations Require Import Equations.
Obligation Tactic := idtac.
Equations same (n : nat) : {m : nat | m = n} :=
same n := exist _ n _.
Next Obligation.
  reflexivity.
Qed.
Next Obligation.
  reflexivity.
Qed.

(* ==== recursion on a measure *)
From Equations Require Import Equations.
From Coq Require Import Arith Lia.
Equations half (n : nat) : nat by wf n lt :=
half 0 := 0 ;
half 1 := 0 ;
half (S (S n)) := S (half n).
Lemma small (n : nat) : half n <= n.
Proof. funelim (half n); lia. Qed.
Lemma four : half 4 = 2.
Proof. reflexivity. Qed.

(* ==== recursion on a measure, proved by hand *)
From Equations Require Import Equations.
From Coq Require Import Arith Lia.
Obligation Tactic := idtac.
Equations half (n : nat) : nat by wf n lt :=
half 0 := 0 ;
half 1 := 0 ;
half (S (S n)) := S (half n).
Next Obligation.
  intros. lia.
Defined.
Lemma small (n : nat) : half n <= n.
Proof. funelim (half n); lia. Qed.

(* ==== recursion on a measure, and a mistake in what is proved by hand *)
From Equations Require Import Equations.
From Coq Require Import Arith Lia.
Obligation Tactic := idtac.
Equations half (n : nat) : nat by wf n lt :=
half 0 := 0 ;
half 1 := 0 ;
half (S (S n)) := S (half n).
Next Obligation.
  intros. reflexivity.
Defined.
Lemma small (n : nat) : half n <= n.
Proof. funelim (half n); lia. Qed.

(* ==== Equations with a question mark *)
From Equations Require Import Equations.
Obligation Tactic := idtac.
From Coq Require Import Arith Lia.
Equations? half (n : nat) : nat by wf n lt :=
half 0 := 0 ;
half 1 := 0 ;
half (S (S n)) := S (half n).
Proof.
  intros. lia.
Defined.
Lemma small (n : nat) : half n <= n.
Proof. funelim (half n); lia. Qed.

(* ==== Equations with a question mark, and Qed *)
From Equations Require Import Equations.
Obligation Tactic := idtac.
Equations? same (n : nat) : {m : nat | m = n} :=
same n := exist _ n _.
Proof.
  intros. reflexivity.
Qed.
Lemma after (n : nat) : proj1_sig (same n) = n.
Proof. destruct (same n) as [m e]. exact e. Qed.

(* ==== Equations with a question mark, and a mistake *)
From Equations Require Import Equations.
Obligation Tactic := idtac.
Equations? same (n : nat) : {m : nat | m = n} :=
same n := exist _ n _.
Proof.
  intros. exact I.
Qed.
Lemma after (n : nat) : proj1_sig (same n) = n.
Proof. destruct (same n) as [m e]. exact e. Qed.

(* ==== Equations with a question mark, nothing to be proved *)
From Equations Require Import Equations.
Equations? neg (b : bool) : bool :=
neg true := false ;
neg false := true.
Lemma after : True.
Proof. exact I. Qed.

(* ==== Equations with a question mark, admitted *)
From Equations Require Import Equations.
Obligation Tactic := idtac.
Equations? same (n : nat) : {m : nat | m = n} :=
same n := exist _ n _.
Proof.
Admitted.
Lemma after : True.
Proof. exact I. Qed.

(* ==== Equations with options *)
From Equations Require Import Equations.
Equations(noind) neg (b : bool) : bool :=
neg true := false ;
neg false := true.
Equations (noeqns) pos (b : bool) : bool :=
pos b := b.
Set Equations Transparent.
Equations id (b : bool) : bool :=
id b := b.
Lemma after (b : bool) : neg (neg b) = b.
Proof. destruct b; reflexivity. Qed.

(* ==== Equations Derive *)
From Equations Require Import Equations.
Inductive vec (A : Type) : nat -> Type :=
| vnil : vec A 0
| vcons (a : A) (n : nat) (v : vec A n) : vec A (S n).
Equations Derive NoConfusion NoConfusionHom for vec.
Equations Derive Signature for vec.
Lemma after : True.
Proof. exact I. Qed.

(* ==== Derive for a type *)
From Equations Require Import Equations.
Inductive t : Set := one | two (n : nat).
Derive NoConfusion for t.
Derive NoConfusion EqDec for nat.
Derive Subterm for t.
Lemma apart (n : nat) : one <> two n.
Proof. intros e. noconf e. Qed.
Lemma inside (n m : nat) (e : two n = two m) : n = m.
Proof. noconf e. reflexivity. Qed.

(* ==== Derive for a type, and a mistake *)
From Equations Require Import Equations.
Inductive t : Set := one | two (n : nat).
Derive NoConfusion for t.
Lemma apart (n : nat) : one <> two n.
Proof. intros e. noconf e. Qed.
Lemma inside (n m : nat) (e : two n = two m) : n = m.
Proof. noconf e. Qed.

(* ==== Derive for what is no type *)
From Equations Require Import Equations.
Lemma before : True.
Proof. exact I. Qed.
Derive NoConfusion for before.
Lemma after : True.
Proof. exact I. Qed.

(* ==== Derive of what cannot be decided *)
From Equations Require Import Equations.
Inductive t : Type := leaf (f : nat -> nat) | node (n : nat).
Derive NoConfusion for t.
Derive EqDec for t.
Next Obligation.
Admitted.
Lemma after : True.
Proof. exact I. Qed.

(* ==== functions with where and with *)
From Equations Require Import Equations.
From Coq Require Import List.
Import ListNotations.
Equations filter {A} (p : A -> bool) (l : list A) : list A :=
filter p [] := [] ;
filter p (x :: l) with p x => {
  | true := x :: filter p l ;
  | false := filter p l }.
Equations rev {A} (l : list A) : list A :=
rev l := go l []
where go (k acc : list A) : list A :=
  go [] acc := acc ;
  go (x :: r) acc := go r (x :: acc).
Lemma one : filter (fun n => Nat.eqb n 1) [1; 2] = [1].
Proof. reflexivity. Qed.
Lemma short : rev [1; 2] = [2; 1].
Proof. reflexivity. Qed.

(* ==== equations in a section *)
From Equations Require Import Equations.
Obligation Tactic := idtac.
Section S.
Variable n : nat.
Hypothesis h : n = 0.
Equations f (b : bool) : {m : nat | m = n} :=
f true := exist _ n _ ;
f false := exist _ 0 _.
Next Obligation.
  reflexivity.
Qed.
Next Obligation.
  symmetry. exact h.
Qed.
Lemma zero : proj1_sig (f true) = 0.
Proof. destruct (f true) as [m e]. simpl. rewrite e. exact h. Qed.
Lemma own : n = n.
Proof. reflexivity. Qed.
End S.
Check zero : forall n (h : n = 0), proj1_sig (f n h true) = 0.
Check own : forall n : nat, n = n.

(* ==== equations in a section, and a question mark *)
From Equations Require Import Equations.
Obligation Tactic := idtac.
Section S.
Variable n : nat.
Hypothesis h : n = 0.
Equations? f (b : bool) : {m : nat | m = n} :=
f true := exist _ n _ ;
f false := exist _ 0 _.
Proof.
  intros. reflexivity.
  intros. symmetry. exact h.
Qed.
Lemma zero : proj1_sig (f true) = 0.
Proof. destruct (f true) as [m e]. simpl. rewrite e. exact h. Qed.
End S.
Check zero : forall n (h : n = 0), proj1_sig (f n h true) = 0.

(* ==== equations inside of a proof *)
From Equations Require Import Equations.
Lemma outer : True.
Proof.
  Equations neg (b : bool) : bool :=
  neg true := false ;
  neg false := true.
  exact I.
Qed.
Lemma after (b : bool) : neg (neg b) = b.
Proof. destruct b; reflexivity. Qed.

(* ==== tactics of dependent elimination *)
From Equations Require Import Equations.
Inductive fin : nat -> Set :=
| fz (n : nat) : fin (S n)
| fs (n : nat) (f : fin n) : fin (S n).
Derive Signature for fin.
Lemma empty (f : fin 0) : False.
Proof. dependent elimination f. Qed.
Lemma only (f : fin 1) : f = fz 0.
Proof. dependent elimination f as [fz _ | fs _ g]. reflexivity. dependent elimination g. Qed.
Lemma wrong (f : fin 2) : f = fz 1.
Proof. dependent elimination f as [fz _ | fs _ g]. reflexivity. dependent elimination g. Qed.
Lemma last : True.
Proof. exact I. Qed.

(* ==== an attribute that Equations does not take *)
From Equations Require Import Equations.
#[local] Equations pos (b : bool) : bool :=
pos b := b.
Lemma after : True.
Proof. exact I. Qed.

(* ==== an attribute that Derive does not take *)
From Equations Require Import Equations.
Inductive t : Set := one | two (n : nat).
#[local] Derive NoConfusion for t.
Lemma after : True.
Proof. exact I. Qed.
