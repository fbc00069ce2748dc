(** * Fibonacci numbers: the addition law, Cassini, and the gcd property *)

From Coq Require Import ZArith Lia.
From Example Require Import Sums Bezout.
Local Open Scope Z_scope.

Fixpoint fib (n : nat) : Z :=
  match n with
  | O => 0
  | S m => match m with O => 1 | S k => fib m + fib k end
  end.

Lemma fib_step n : fib (S (S n)) = fib (S n) + fib n.
Proof. reflexivity. Qed.

Theorem fib_sum n : sum n fib = fib (S n) - 1.
Proof.
  induction n as [|n IH]; [reflexivity|].
  rewrite sum_succ, IH, fib_step. ring.
Qed.

Theorem fib_sum_squares n : sum (S n) (fun i => fib i ^ 2) = fib n * fib (S n).
Proof.
  induction n as [|n IH]; [reflexivity|].
  rewrite sum_succ, IH, fib_step. ring.
Qed.

Theorem fib_add m n : fib (S (m + n)) = fib (S m) * fib (S n) + fib m * fib n.
Proof.
  assert (both : forall k, fib (S (k + n)) = fib (S k) * fib (S n) + fib k * fib n /\
    fib (S (S (k + n))) = fib (S (S k)) * fib (S n) + fib (S k) * fib n).
  { induction k as [|k [IH1 IH2]].
    - change (0 + n)%nat with n. rewrite (fib_step n).
      change (fib 2) with 1. change (fib 1) with 1. change (fib 0) with 0. split; ring.
    - split; [exact IH2|].
      change (S (S (S k + n))) with (S (S (S (k + n)))).
      rewrite fib_step, IH1, IH2, (fib_step (S k)), (fib_step k). ring. }
  apply both.
Qed.

Theorem cassini n : fib n * fib (S (S n)) - fib (S n) ^ 2 = (-1) ^ (Z.of_nat n + 1).
Proof.
  induction n as [|n IH]; [reflexivity|].
  rewrite Nat2Z.inj_succ, Z.add_succ_l, Z.pow_succ_r, <- IH by lia.
  rewrite (fib_step (S n)), (fib_step n). ring.
Qed.

(** Doubling, the two laws behind the fast algorithm below. *)
Theorem fib_double m : fib (m + m) = fib m * (2 * fib (S m) - fib m).
Proof.
  destruct m as [|m]; [reflexivity|].
  change (S m + S m)%nat with (S (m + S m)).
  rewrite fib_add, fib_step. ring.
Qed.

Theorem fib_double_succ m : fib (S (m + m)) = fib m ^ 2 + fib (S m) ^ 2.
Proof. rewrite fib_add. ring. Qed.

Theorem consecutive_coprime n : coprime (fib n) (fib (S n)).
Proof.
  induction n as [|n IH]; intros d H1 H2; [exact H2|].
  apply (IH d); [|exact H1].
  rewrite fib_step in H2. apply (Z.divide_add_cancel_r _ _ _ H1 H2).
Qed.

Theorem fib_divide m k : (fib m | fib (m * k)).
Proof.
  destruct m as [|m]; [apply Z.divide_refl|].
  induction k as [|k IH]; [rewrite Nat.mul_0_r; apply Z.divide_0_r|].
  replace (S m * S k)%nat with (S (m + S m * k)) by lia.
  rewrite fib_add. apply Z.divide_add_r.
  - apply Z.divide_factor_l.
  - apply Z.divide_mul_r, IH.
Qed.

(** ** gcd (fib m) (fib n) = fib (gcd m n), as a statement about common divisors *)
Section Gcd.
  Variable d : Z.

  Lemma fib_common_divisor m n : (d | fib m) -> (d | fib (m + n)) -> (d | fib n).
  Proof using.
    destruct m as [|m]; [intros _ H; exact H|].
    change (S m + n)%nat with (S (m + n)). rewrite fib_add. intros H1 H2.
    (* d divides fib m * fib n and is coprime to fib m *)
    apply (Z.divide_add_cancel_r d (fib (S m) * fib (S n))) in H2;
      [|apply Z.divide_mul_l; exact H1].
    apply (gauss d (fib m)); [|exact H2].
    intros e He Hm. apply (consecutive_coprime m); [exact Hm|].
    apply (Z.divide_trans _ d); assumption.
  Qed.

  Theorem fib_gcd : forall fuel m n, (m + n < fuel)%nat ->
    (d | fib m) -> (d | fib n) -> (d | fib (Nat.gcd m n)).
  Proof.
    induction fuel as [|f IH]; intros m n Hf Hm Hn; [lia|].
    destruct (Nat.le_gt_cases m n) as [H|H].
    - destruct m as [|m]; [exact Hn|].
      rewrite <- (Nat.gcd_sub_diag_r (S m) n) by exact H.
      apply IH; [lia|exact Hm|].
      apply (fib_common_divisor (S m)); [exact Hm|].
      replace (S m + (n - S m))%nat with n by lia. exact Hn.
    - rewrite Nat.gcd_comm in *.
      destruct n as [|n]; [exact Hm|].
      rewrite <- (Nat.gcd_sub_diag_r (S n) m) by lia.
      apply IH; [lia|exact Hn|].
      apply (fib_common_divisor (S n)); [exact Hn|].
      replace (S n + (m - S n))%nat with m by lia. exact Hm.
  Qed.
End Gcd.

(** ** A fast algorithm, and what it computes *)

(** (fib n, fib (n+1)) for n given in binary. *)
Fixpoint fast (n : positive) : Z * Z :=
  match n with
  | xH => (1, 1)
  | xO m => let (a, b) := fast m in (a * (2 * b - a), a^2 + b^2)
  | xI m => let (a, b) := fast m in (a^2 + b^2, b * (2 * a + b))
  end.

Theorem fast_correct n : fast n = (fib (Pos.to_nat n), fib (S (Pos.to_nat n))).
Proof.
  induction n as [n IH|n IH|]; [| |reflexivity]; cbn [fast]; rewrite IH.
  - rewrite Pos2Nat.inj_xI. set (m := Pos.to_nat n).
    replace (2 * m)%nat with (m + m)%nat by lia.
    rewrite fib_double_succ, fib_step, fib_double_succ, fib_double. f_equal; ring.
  - rewrite Pos2Nat.inj_xO. set (m := Pos.to_nat n).
    replace (2 * m)%nat with (m + m)%nat by lia.
    rewrite fib_double_succ, fib_double. reflexivity.
Qed.

(** The last 12 digits of the 15000th Fibonacci number, from all its 3135 digits. *)
Theorem fib_15000 : fib (Pos.to_nat 15000) mod 10 ^ 12 = 683548980000.
Proof.
  assert (H : fst (fast 15000) = fib (Pos.to_nat 15000)).
  { rewrite fast_correct. reflexivity. }
  rewrite <- H.
  vm_cast_no_check (eq_refl 683548980000).
Qed.
