(** * Large primes, by Pocklington's criterion

    If N - 1 = q R with q a prime above the square root of N (less one), and some a has
    a^(N-1) = 1 modulo N with a^R - 1 prime to N, then N is prime. Each prime below is the q of the
    next one, which has twice as many digits. *)

From Coq Require Import ZArith Lia.
From Example Require Import Bezout Primes Fermat.
Local Open Scope Z_scope.

(** ** The criterion *)
Section Criterion.
  Variables N q R a : Z.

  Hypothesis q_prime : prime q.
  Hypothesis split_N : N = q * R + 1.
  Hypothesis large_q : N < (q + 1) ^ 2.
  Hypothesis R_pos : 0 < R.
  Hypothesis power_one : cong N (a ^ (N - 1)) 1.
  Hypothesis power_R : coprime (a ^ R - 1) N.

  (** q divides p - 1 for each prime divisor p of N. *)
  Lemma q_divides p : prime p -> (p | N) -> (q | p - 1).
  Proof using q_prime split_N R_pos power_one power_R.
    intros Hp Dp. pose proof (prime_ge_2 _ Hp). pose proof (prime_ge_2 _ q_prime).
    assert (Cp : cong p (a ^ (N - 1)) 1) by (apply (Z.divide_trans _ N); assumption).
    assert (Ha : ~ (p | a)).
    { intros D. destruct Hp as [Hp1 _].
      assert (p | 1) as D1; [|apply Z.divide_1_r_nonneg in D1; lia].
      apply (Z.divide_add_cancel_r _ (- a ^ (N - 1))).
      - apply Z.divide_opp_r. replace (N - 1) with (Z.succ (N - 2)) by lia.
        rewrite Z.pow_succ_r by nia. apply Z.divide_mul_l, D.
      - destruct Cp as [k Hk]. exists (- k). lia. }
    destruct (divide_dec q (p - 1)) as [D|D]; [exact D|exfalso].
    (* b = a^R has b^q = 1 and b^(p-1) = 1, and these exponents are coprime *)
    assert (Hb : ~ (p | a ^ R)) by (intros Db; apply Ha, (prime_divide_pow p a R); auto; lia).
    assert (C : cong p (a ^ R) 1).
    { apply (order_coprime p (a ^ R) q (p - 1)); try lia; [exact Hb| | |].
      - apply prime_coprime; assumption.
      - rewrite <- Z.pow_mul_r by lia. replace (R * q) with (N - 1) by lia. exact Cp.
      - apply fermat_little; assumption. }
    pose proof (power_R p C Dp) as D1. apply Z.divide_1_r_nonneg in D1; lia.
  Qed.

  Theorem pocklington : prime N.
  Proof.
    pose proof (prime_ge_2 _ q_prime).
    apply (prime_by_root N q); [nia|lia|exact large_q|].
    intros d Hd Dd.
    destruct (prime_divisor d) as (p & Hp & Dp); [lia|].
    pose proof (prime_ge_2 _ Hp).
    assert (D : (q | p - 1)) by (apply q_divides; [exact Hp|apply (Z.divide_trans _ d); assumption]).
    apply Z.divide_pos_le in D; [|lia].
    apply Z.divide_pos_le in Dp; lia.
  Qed.
End Criterion.

(** ** The test, to be computed *)

Definition certificate (q : Z) (R : positive) (a : Z) : bool :=
  let N := q * Zpos R + 1 in
  if ((1 <? q) && (N <? (q + 1) ^ 2))%bool then
    let b := power_mod N a R in
    if power_mod N b (Z.to_pos q) =? 1 mod N then
      let '(g, _, _) := egcd (Z.to_nat (2 * Z.log2 N + 4)) (b - 1) N in
      ((g =? 1) || (g =? -1))%bool
    else false
  else false.

Theorem certificate_sound q R a :
  prime q -> certificate q R a = true -> prime (q * Zpos R + 1).
Proof.
  intros Hq. unfold certificate. set (N := q * Zpos R + 1).
  destruct ((1 <? q) && (N <? (q + 1) ^ 2))%bool eqn:E; [|discriminate].
  apply andb_prop in E as [E1 E2]. apply Z.ltb_lt in E1, E2.
  assert (HN : N <> 0) by (unfold N; nia).
  assert (Eq : Zpos (Z.to_pos q) = q) by (apply Z2Pos.id; lia).
  destruct (Z.eqb_spec (power_mod N (power_mod N a R) (Z.to_pos q)) (1 mod N)) as [E3|];
    [|discriminate].
  destruct (egcd _ (power_mod N a R - 1) N) as [[g u] v] eqn:E4.
  intros Eg. apply egcd_bezout in E4.
  rewrite power_mod_correct, Eq, power_mod_correct in E3 by exact HN.
  rewrite power_mod_correct in E4 by exact HN.
  assert (CR : cong N (a ^ Zpos R) (a ^ Zpos R mod N)) by (apply cong_mod, HN).
  apply (pocklington N q (Zpos R) a Hq eq_refl E2 eq_refl).
  - replace (N - 1) with (Zpos R * q) by (unfold N; ring).
    rewrite Z.pow_mul_r by lia.
    apply (cong_trans _ _ ((a ^ Zpos R mod N) ^ q)); [apply cong_pow; [lia|exact CR]|].
    apply mod_cong; assumption.
  - destruct CR as [k Hk].
    assert (Hg : g * g = 1) by (apply Bool.orb_prop in Eg as [Eg|Eg]; apply Z.eqb_eq in Eg; lia).
    apply (bezout_coprime _ _ (g * u) (g * (v - u * k))).
    set (b := a ^ Zpos R mod N) in *.
    replace (a ^ Zpos R) with (b + k * N) by lia.
    transitivity (g * (u * (b - 1) + v * N)); [ring|]. rewrite E4. exact Hg.
Qed.

(** ** A chain of primes *)

Definition p5 : Z := 99991.
Definition p10 : Z := p5 * 99960 + 1.
Definition p20 : Z := p10 * 9995100360 + 1.
Definition p40 : Z := p20 * 99902031216467229900 + 1.
Definition p80 : Z := p40 * 9980415841175992876859939324783955033588 + 1.

Theorem p5_prime : prime p5.
Proof. apply is_prime_sound. vm_cast_no_check (eq_refl true). Qed.

Theorem p10_prime : prime p10.
Proof.
  apply (certificate_sound p5 99960 2 p5_prime).
  vm_cast_no_check (eq_refl true).
Qed.

Theorem p20_prime : prime p20.
Proof.
  apply (certificate_sound p10 9995100360 2 p10_prime).
  vm_cast_no_check (eq_refl true).
Qed.

Theorem p40_prime : prime p40.
Proof.
  apply (certificate_sound p20 99902031216467229900 2 p20_prime).
  vm_cast_no_check (eq_refl true).
Qed.

Theorem p80_prime : prime p80.
Proof.
  apply (certificate_sound p40 9980415841175992876859939324783955033588 2 p40_prime).
  vm_cast_no_check (eq_refl true).
Qed.

(** ** More primes above the third one, of 56 to 68 digits: independent of each other *)

Theorem p56_prime : prime (p40 * 10000000000000032 + 1).
Proof.
  apply (certificate_sound p40 10000000000000032 2 p40_prime).
  vm_cast_no_check (eq_refl true).
Qed.

Theorem p60_prime : prime (p40 * 100000000000000000302 + 1).
Proof.
  apply (certificate_sound p40 100000000000000000302 2 p40_prime).
  vm_cast_no_check (eq_refl true).
Qed.

Theorem p64_prime : prime (p40 * 1000000000000000000000122 + 1).
Proof.
  apply (certificate_sound p40 1000000000000000000000122 2 p40_prime).
  vm_cast_no_check (eq_refl true).
Qed.

Theorem p68_prime : prime (p40 * 10000000000000000000000000032 + 1).
Proof.
  apply (certificate_sound p40 10000000000000000000000000032 2 p40_prime).
  vm_cast_no_check (eq_refl true).
Qed.
