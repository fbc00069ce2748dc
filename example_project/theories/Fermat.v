(** * Fermat's little theorem

    By the binomial theorem: a prime divides the inner coefficients of its row. *)

From Coq Require Import ZArith Lia.
From Example Require Import Sums Binomial Bezout Primes.
Local Open Scope Z_scope.

(** ** Congruence modulo n *)
Section Congruence.
  Variable n : Z.

  Definition cong a b := (n | a - b).

  Lemma cong_refl a : cong a a.
  Proof using. exists 0. ring. Qed.

  Lemma cong_sym a b : cong a b -> cong b a.
  Proof using. intros [k H]. exists (- k). lia. Qed.

  Lemma cong_trans a b c : cong a b -> cong b c -> cong a c.
  Proof using. intros [k H] [l K]. exists (k + l). lia. Qed.

  Lemma cong_add a b c d : cong a b -> cong c d -> cong (a + c) (b + d).
  Proof using. intros [k H] [l K]. exists (k + l). lia. Qed.

  Lemma cong_mul a b c d : cong a b -> cong c d -> cong (a * c) (b * d).
  Proof using.
    intros [k H] [l K]. exists (k * c + b * l).
    replace (a * c - b * d) with ((a - b) * c + b * (c - d)) by ring.
    rewrite H, K. ring.
  Qed.

  Lemma cong_pow a b k : 0 <= k -> cong a b -> cong (a ^ k) (b ^ k).
  Proof.
    intros Hk H. pattern k. apply natlike_ind; [apply cong_refl| |exact Hk].
    intros i Hi IH. rewrite !Z.pow_succ_r by exact Hi. apply cong_mul; assumption.
  Qed.

  Lemma cong_mod a : n <> 0 -> cong a (a mod n).
  Proof using. intros H. exists (a / n). rewrite (Z.mod_eq a n H). ring. Qed.

  Lemma mod_cong a b : n <> 0 -> a mod n = b mod n -> cong a b.
  Proof.
    intros Hn H. apply (cong_trans _ (a mod n)); [apply cong_mod, Hn|].
    rewrite H. apply cong_sym, cong_mod, Hn.
  Qed.
End Congruence.

(** ** Powers, to be computed *)

(** a^e modulo n, by squaring. *)
Fixpoint power_mod (n a : Z) (e : positive) : Z :=
  match e with
  | xH => a mod n
  | xO f => let b := power_mod n a f in (b * b) mod n
  | xI f => let b := power_mod n a f in (b * b mod n * a) mod n
  end.

Lemma power_mod_correct n a e : n <> 0 -> power_mod n a e = a ^ Zpos e mod n.
Proof.
  intros Hn. induction e as [f IH|f IH|]; cbn [power_mod].
  - rewrite IH, Pos2Z.inj_xI, Z.pow_add_r, Z.pow_1_r, Z.pow_twice_r by lia.
    rewrite <- Z.mul_mod by exact Hn. rewrite Z.mul_mod_idemp_l by exact Hn. reflexivity.
  - rewrite IH, Pos2Z.inj_xO, Z.pow_twice_r, <- Z.mul_mod by exact Hn. reflexivity.
  - rewrite Z.pow_1_r. reflexivity.
Qed.

(** ** The theorem *)
Section Fermat.
  Variable p : Z.
  Hypothesis prime_p : prime p.

  Let n := Z.to_nat p.

  Local Lemma n_p : Z.of_nat n = p.
  Proof using prime_p. pose proof (prime_ge_2 _ prime_p). unfold n. lia. Qed.

  Lemma prime_divides_binomial k : (0 < k < n)%nat -> (p | binomial n k).
  Proof using prime_p.
    intros Hk. destruct k as [|k]; [lia|].
    destruct n as [|m] eqn:En; [lia|].
    assert (D : (p | Z.of_nat (S k) * binomial (S m) (S k))).
    { rewrite absorption, <- En, n_p. apply Z.divide_factor_l. }
    destruct (euclid _ _ _ prime_p D) as [D1|D1]; [exfalso|exact D1].
    apply Z.divide_pos_le in D1; [|lia].
    pose proof n_p. lia.
  Qed.

  (** The freshman's dream. *)
  Theorem frobenius a b : cong p ((a + b) ^ p) (a ^ p + b ^ p).
  Proof using prime_p.
    pose proof (prime_ge_2 _ prime_p). pose proof n_p.
    destruct n as [|m] eqn:En; [lia|].
    set (f k := binomial (S m) k * a ^ Z.of_nat (S m - k) * b ^ Z.of_nat k).
    assert (E : (a + b) ^ p - (a ^ p + b ^ p) = sum m (fun k => f (S k))).
    { rewrite <- n_p, En, binomial_theorem. fold f.
      rewrite sum_succ, sum_first. unfold f at 1 3.
      rewrite binomial_0, binomial_diagonal, Nat.sub_0_r, Nat.sub_diag, !Z.pow_0_r. ring. }
    unfold cong. rewrite E. apply sum_divide. intros k Hk. unfold f.
    do 2 apply Z.divide_mul_l. rewrite <- En. apply prime_divides_binomial. lia.
  Qed.

  Theorem fermat_nonneg a : 0 <= a -> cong p (a ^ p) a.
  Proof using prime_p.
    pose proof (prime_ge_2 _ prime_p).
    intros Ha. pattern a. apply natlike_ind; [| |exact Ha].
    - rewrite Z.pow_0_l by lia. apply cong_refl.
    - intros x Hx IH. unfold Z.succ.
      apply (cong_trans _ _ (x ^ p + 1 ^ p)); [apply frobenius|].
      rewrite Z.pow_1_l by lia. apply cong_add; [exact IH|apply cong_refl].
  Qed.

  Theorem fermat a : cong p (a ^ p) a.
  Proof.
    pose proof (prime_ge_2 _ prime_p).
    apply (cong_trans _ _ ((a mod p) ^ p)).
    - apply cong_pow; [lia|]. apply cong_mod. lia.
    - apply (cong_trans _ _ (a mod p)).
      + apply fermat_nonneg. apply Z.mod_pos_bound. lia.
      + apply cong_sym, cong_mod. lia.
  Qed.

  Theorem fermat_little a : ~ (p | a) -> cong p (a ^ (p - 1)) 1.
  Proof.
    intros Ha. pose proof (prime_ge_2 _ prime_p).
    apply (gauss p a); [apply prime_coprime; assumption|].
    replace (a * (a ^ (p - 1) - 1)) with (a ^ p - a); [apply fermat|].
    replace p with (Z.succ (p - 1)) at 1 by lia.
    rewrite Z.pow_succ_r by lia. ring.
  Qed.

  (** The exponents k with a^k = 1 are closed under gcd. *)
  Theorem order_coprime a j k : ~ (p | a) -> 0 <= j -> 0 <= k -> coprime j k ->
    cong p (a ^ j) 1 -> cong p (a ^ k) 1 -> cong p a 1.
  Proof.
    intros Ha Hj Hk H Cj Ck.
    destruct (coprime_bezout _ _ H) as (u & v & E).
    (* u j + v k = 1 with positive and negative parts: shift u by a multiple of k, v by one of j. *)
    set (s := Z.abs u + Z.abs v).
    set (x := u + s * k). set (y := s * j - v).
    destruct (Z.eq_dec j 0) as [->|Hj0].
    { (* then k = 1 *)
      assert (D : (k | 1)) by (exists v; lia).
      apply Z.divide_1_r_nonneg in D; [|exact Hk].
      rewrite D, Z.pow_1_r in Ck. exact Ck. }
    destruct (Z.eq_dec k 0) as [->|Hk0].
    { assert (D : (j | 1)) by (exists u; lia).
      apply Z.divide_1_r_nonneg in D; [|exact Hj].
      rewrite D, Z.pow_1_r in Cj. exact Cj. }
    assert (Hx : 0 <= x) by (unfold x, s; nia).
    assert (Hy : 0 <= y) by (unfold y, s; nia).
    assert (Exy : j * x = 1 + k * y) by (unfold x, y; nia).
    assert (C1 : cong p (a ^ (j * x)) 1).
    { rewrite Z.pow_mul_r by assumption. rewrite <- (Z.pow_1_l x) by exact Hx.
      apply cong_pow; assumption. }
    assert (C2 : cong p (a ^ (k * y)) 1).
    { rewrite Z.pow_mul_r by assumption. rewrite <- (Z.pow_1_l y) by exact Hy.
      apply cong_pow; assumption. }
    assert (Hky : 0 <= k * y) by (apply Z.mul_nonneg_nonneg; assumption).
    rewrite Exy, Z.pow_add_r, Z.pow_1_r in C1 by (exact Hky || lia).
    pose proof (cong_mul p _ _ _ _ (cong_refl p a) C2) as C3. rewrite Z.mul_1_r in C3.
    apply (cong_trans _ _ (a * a ^ (k * y))); [apply cong_sym; exact C3|exact C1].
  Qed.
End Fermat.
