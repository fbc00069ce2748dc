(** * Finite sums of integers

    The base of the development: [sum n f] is f 0 + ... + f (n-1). *)

From Coq Require Import ZArith Lia.
Local Open Scope Z_scope.

Fixpoint sum (n : nat) (f : nat -> Z) : Z :=
  match n with
  | O => 0
  | S m => sum m f + f m
  end.

Lemma sum_succ n f : sum (S n) f = sum n f + f n.
Proof. reflexivity. Qed.

(** ** The algebra of sums

    Every proof names the section variables that it uses, so a reader of the statements alone (and
    [make quick]) knows the types of these lemmas without running a proof. *)
Section Algebra.
  Variables f g : nat -> Z.

  Lemma sum_ext n : (forall i, (i < n)%nat -> f i = g i) -> sum n f = sum n g.
  Proof using.
    induction n as [|n IH]; intros H; simpl; [reflexivity|].
    rewrite IH by (intros i Hi; apply H; lia).
    rewrite H by lia.
    reflexivity.
  Qed.

  Lemma sum_add n : sum n (fun i => f i + g i) = sum n f + sum n g.
  Proof using.
    induction n as [|n IH]; simpl; [reflexivity|].
    rewrite IH; ring.
  Qed.

  Lemma sum_scale c n : sum n (fun i => c * f i) = c * sum n f.
  Proof using.
    induction n as [|n IH]; simpl; [ring|].
    rewrite IH; ring.
  Qed.

  Lemma sum_split m n : sum (m + n) f = sum m f + sum n (fun i => f (m + i)%nat).
  Proof using.
    induction n as [|n IH]; simpl.
    - rewrite Nat.add_0_r; ring.
    - rewrite Nat.add_succ_r; simpl. rewrite IH; ring.
  Qed.

  Lemma sum_first n : sum (S n) f = f O + sum n (fun i => f (S i)).
  Proof using.
    change (S n) with (1 + n)%nat.
    rewrite sum_split; simpl; ring.
  Qed.

  (** A telescoping sum keeps its ends only. *)
  Lemma sum_telescope n : (forall i, g i = f (S i) - f i) -> sum n g = f n - f O.
  Proof using.
    intros H; induction n as [|n IH]; simpl; [ring|].
    rewrite IH, H; ring.
  Qed.
End Algebra.

Lemma sum_reverse n f : sum n f = sum n (fun i => f (n - 1 - i)%nat).
Proof.
  induction n as [|n IH]; [reflexivity|].
  rewrite (sum_first (fun i => f (S n - 1 - i)%nat)); simpl sum at 1.
  rewrite IH, Z.add_comm; f_equal; [f_equal; lia|].
  apply sum_ext; intros i Hi; f_equal; lia.
Qed.

Lemma sum_zero n : sum n (fun _ => 0) = 0.
Proof. induction n as [|n IH]; simpl; [reflexivity|]. rewrite IH; reflexivity. Qed.

Lemma sum_exchange m n (f : nat -> nat -> Z) :
  sum m (fun i => sum n (fun j => f i j)) = sum n (fun j => sum m (fun i => f i j)).
Proof.
  induction m as [|m IH]; simpl.
  - rewrite sum_zero; reflexivity.
  - rewrite IH, sum_add; reflexivity.
Qed.

(** A divisor of every term divides the sum. *)
Lemma sum_divide d n f : (forall i, (i < n)%nat -> (d | f i)) -> (d | sum n f).
Proof.
  induction n as [|n IH]; intros H; simpl.
  - apply Z.divide_0_r.
  - apply Z.divide_add_r; [apply IH; intros i Hi; apply H; lia | apply H; lia].
Qed.

(** ** Sums of powers (Faulhaber)

    Cleared of denominators; [ring] does the work of each induction step. *)
Section Powers.
  Variable n : nat.
  Let x := Z.of_nat n.
  Let S_ k := sum (S n) (fun i => Z.of_nat i ^ k).

  Ltac faulhaber :=
    unfold S_, x; clear; induction n as [|m IH]; [reflexivity|];
    rewrite sum_succ, Z.mul_add_distr_l, IH, Nat2Z.inj_succ; unfold Z.succ; ring.

  Theorem sum_1 : 2 * S_ 1 = x * (x + 1).
  Proof using. faulhaber. Qed.

  Theorem sum_2 : 6 * S_ 2 = x * (x + 1) * (2 * x + 1).
  Proof using. faulhaber. Qed.

  Theorem sum_3 : 4 * S_ 3 = x ^ 2 * (x + 1) ^ 2.
  Proof using. faulhaber. Qed.

  Theorem sum_4 : 30 * S_ 4 = x * (x + 1) * (2 * x + 1) * (3 * x ^ 2 + 3 * x - 1).
  Proof using. faulhaber. Qed.

  Theorem sum_5 : 12 * S_ 5 = x ^ 2 * (x + 1) ^ 2 * (2 * x ^ 2 + 2 * x - 1).
  Proof using. faulhaber. Qed.

  (** Nicomachus: the sum of the first cubes is the square of the sum of the first numbers.
      No annotation here: coqc finds the variables when the section ends. *)
  Theorem nicomachus : S_ 3 = S_ 1 ^ 2.
  Proof.
    apply (Z.mul_reg_l _ _ 4); [lia|].
    replace (4 * S_ 1 ^ 2) with ((2 * S_ 1) ^ 2) by ring.
    rewrite sum_1, sum_3; ring.
  Qed.
End Powers.

Theorem sum_odd n : sum n (fun i => 2 * Z.of_nat i + 1) = Z.of_nat n ^ 2.
Proof.
  induction n as [|n IH]; [reflexivity|].
  rewrite sum_succ, IH, Nat2Z.inj_succ; unfold Z.succ; ring.
Qed.

Theorem geometric q n : (q - 1) * sum n (fun i => q ^ Z.of_nat i) = q ^ Z.of_nat n - 1.
Proof.
  induction n as [|n IH]; [simpl; ring|].
  rewrite sum_succ, Z.mul_add_distr_l, IH, Nat2Z.inj_succ, Z.pow_succ_r by lia. ring.
Qed.

(** ** Factorials *)
Fixpoint factorial (n : nat) : Z :=
  match n with
  | O => 1
  | S m => Z.of_nat n * factorial m
  end.

Lemma factorial_succ n : factorial (S n) = Z.of_nat (S n) * factorial n.
Proof. reflexivity. Qed.

Lemma factorial_pos n : 0 < factorial n.
Proof.
  induction n as [|n IH]; [reflexivity|].
  rewrite factorial_succ. apply Z.mul_pos_pos; lia.
Qed.

Lemma divide_factorial n d : 0 < d <= Z.of_nat n -> (d | factorial n).
Proof.
  induction n as [|n IH]; [lia|]. intros H. rewrite factorial_succ.
  destruct (Z.eq_dec d (Z.of_nat (S n))) as [->|]; [apply Z.divide_factor_l|].
  apply Z.divide_mul_r, IH. lia.
Qed.

Theorem sum_of_factorials n :
  sum n (fun i => Z.of_nat i * factorial i) = factorial n - 1.
Proof.
  rewrite (sum_telescope factorial); [reflexivity|].
  intros i. rewrite factorial_succ, Nat2Z.inj_succ. unfold Z.succ. ring.
Qed.
