(** * Binomial coefficients and the binomial theorem *)

From Coq Require Import ZArith Lia.
From Example Require Import Sums.
Local Open Scope Z_scope.

(** Pascal's triangle is the definition; the closed form comes as a theorem. *)
Fixpoint binomial (n k : nat) : Z :=
  match k, n with
  | O, _ => 1
  | S _, O => 0
  | S j, S m => binomial m j + binomial m k
  end.

Lemma pascal n k : binomial (S n) (S k) = binomial n k + binomial n (S k).
Proof. reflexivity. Qed.

Lemma binomial_0 n : binomial n 0 = 1.
Proof. destruct n; reflexivity. Qed.

Lemma binomial_above n : forall k, (n < k)%nat -> binomial n k = 0.
Proof.
  induction n as [|n IH]; intros [|k] H; try lia; [reflexivity|].
  rewrite pascal, !IH by lia. reflexivity.
Qed.

Lemma binomial_diagonal n : binomial n n = 1.
Proof.
  induction n as [|n IH]; [reflexivity|].
  rewrite pascal, IH, binomial_above by lia. reflexivity.
Qed.

Lemma binomial_nonneg n : forall k, 0 <= binomial n k.
Proof.
  induction n as [|n IH]; intros [|k]; try (simpl; lia).
  rewrite pascal. apply Z.add_nonneg_nonneg; apply IH.
Qed.

(** ** Closed forms *)

(** The absorption identity: (k+1) C(n+1, k+1) = (n+1) C(n, k). *)
Lemma absorption n : forall k,
  Z.of_nat (S k) * binomial (S n) (S k) = Z.of_nat (S n) * binomial n k.
Proof.
  induction n as [|n IH]; intros k.
  - destruct k; [reflexivity|]. simpl binomial; ring.
  - rewrite pascal, Z.mul_add_distr_l, (IH k).
    destruct k as [|k].
    + rewrite !binomial_0. pose proof (IH O) as H0; rewrite binomial_0 in H0.
      specialize (IH O). rewrite binomial_0 in IH. lia.
    + rewrite (Nat2Z.inj_succ (S k)). unfold Z.succ.
      rewrite Z.mul_add_distr_r, (IH k).
      rewrite (Nat2Z.inj_succ (S n)), pascal. unfold Z.succ. ring.
Qed.

Theorem binomial_factorial n : forall k, (k <= n)%nat ->
  binomial n k * (factorial k * factorial (n - k)) = factorial n.
Proof.
  induction n as [|n IH]; intros [|k] H; try lia; [reflexivity| |].
  - rewrite binomial_0, Nat.sub_0_r. simpl (factorial 0). ring.
  - rewrite !factorial_succ, Nat.sub_succ, <- (IH k) by lia.
    rewrite !Z.mul_assoc, <- (absorption n k). ring.
Qed.

Theorem binomial_symmetric n k : (k <= n)%nat -> binomial n k = binomial n (n - k).
Proof.
  intros H.
  pose proof (binomial_factorial n k H) as H1.
  pose proof (binomial_factorial n (n - k) ltac:(lia)) as H2.
  replace (n - (n - k))%nat with k in H2 by lia.
  pose proof (factorial_pos k). pose proof (factorial_pos (n - k)).
  apply (Z.mul_reg_r _ _ (factorial k * factorial (n - k))); nia.
Qed.

(** ** The binomial theorem *)
Section BinomialTheorem.
  Variables a b : Z.

  Let term n k := binomial n k * a ^ Z.of_nat (n - k) * b ^ Z.of_nat k.

  Lemma term_first n : term (S n) 0 = a * term n 0.
  Proof using.
    unfold term. rewrite !binomial_0, !Nat.sub_0_r, Nat2Z.inj_succ, Z.pow_succ_r by lia. ring.
  Qed.

  Lemma term_last n : term n (S n) = 0.
  Proof using. unfold term. rewrite binomial_above by lia. ring. Qed.

  Lemma term_step n k : (k < S n)%nat -> term (S n) (S k) = b * term n k + a * term n (S k).
  Proof using.
    intros Hk. unfold term.
    rewrite pascal, Nat.sub_succ, (Nat2Z.inj_succ k), Z.pow_succ_r by lia.
    destruct (Nat.eq_dec k n) as [->|Hne].
    - rewrite (binomial_above n (S n)) by lia. ring.
    - replace (n - k)%nat with (S (n - S k)) by lia.
      rewrite Nat2Z.inj_succ, Z.pow_succ_r by lia. ring.
  Qed.

  Theorem binomial_theorem n : (a + b) ^ Z.of_nat n = sum (S n) (term n).
  Proof using.
    induction n as [|n IH]; [reflexivity|].
    rewrite Nat2Z.inj_succ, Z.pow_succ_r, IH by lia.
    rewrite (sum_first (term (S n))), term_first.
    rewrite (sum_ext _ _ _ (term_step n)), sum_add, !sum_scale.
    rewrite (sum_succ n (fun k => term n (S k))), term_last, (sum_first (term n)). ring.
  Qed.
End BinomialTheorem.

Corollary row_sum n : sum (S n) (binomial n) = 2 ^ Z.of_nat n.
Proof.
  change 2 with (1 + 1). rewrite binomial_theorem. apply sum_ext; intros k _.
  rewrite !Z.pow_1_l by lia. ring.
Qed.

Corollary alternating_row_sum n :
  (0 < n)%nat -> sum (S n) (fun k => (-1) ^ Z.of_nat k * binomial n k) = 0.
Proof.
  intros Hn. transitivity ((1 + -1) ^ Z.of_nat n).
  - rewrite binomial_theorem. apply sum_ext; intros k _. rewrite Z.pow_1_l by lia. ring.
  - apply Z.pow_0_l. lia.
Qed.

Theorem hockey_stick k n : sum n (fun i => binomial i k) = binomial n (S k).
Proof.
  induction n as [|n IH]; [reflexivity|].
  rewrite sum_succ, IH, pascal. ring.
Qed.

(** Vandermonde's convolution. *)
Theorem vandermonde m n : forall k,
  binomial (m + n) k = sum (S k) (fun i => binomial m i * binomial n (k - i)).
Proof.
  induction m as [|m IH]; intros k.
  - rewrite sum_first, binomial_0, Nat.sub_0_r.
    rewrite (sum_ext _ (fun _ => 0)) by (intros i _; simpl; ring).
    rewrite sum_zero. simpl (0 + n)%nat. ring.
  - destruct k as [|k].
    + simpl. rewrite !binomial_0. reflexivity.
    + simpl (S m + n)%nat. rewrite pascal, !IH.
      rewrite (sum_first (fun i => binomial m i * binomial n (S k - i))).
      rewrite (sum_first (fun i => binomial (S m) i * binomial n (S k - i))).
      rewrite !binomial_0.
      rewrite (sum_ext (fun i => binomial (S m) (S i) * binomial n (S k - S i))
        (fun i => binomial m i * binomial n (k - i) + binomial m (S i) * binomial n (S k - S i)))
        by (intros i _; rewrite pascal, Nat.sub_succ; ring).
      rewrite sum_add. ring.
Qed.

(** The squares of a row add up to the central coefficient. *)
Theorem sum_of_squares n :
  sum (S n) (fun k => binomial n k ^ 2) = binomial (2 * n) n.
Proof.
  replace (2 * n)%nat with (n + n)%nat by lia. rewrite vandermonde.
  apply sum_ext; intros k Hk. rewrite <- binomial_symmetric by lia. ring.
Qed.
