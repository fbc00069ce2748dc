(** * Prime numbers: Euclid's lemma, factorisation, infinitely many primes *)

From Coq Require Import ZArith Lia List.
From Example Require Import Sums Bezout.
Local Open Scope Z_scope.

Definition prime p := 1 < p /\ forall d, 0 < d -> (d | p) -> d = 1 \/ d = p.

Lemma prime_ge_2 p : prime p -> 2 <= p.
Proof. intros [H _]. lia. Qed.

Lemma prime_coprime p a : prime p -> ~ (p | a) -> coprime p a.
Proof.
  intros [Hp H] Ha d Dp Da.
  assert (D : (Z.abs d | p)) by (apply Z.divide_abs_l; exact Dp).
  assert (d <> 0) by (intros ->; apply Z.divide_0_l in Dp; lia).
  destruct (H (Z.abs d) ltac:(lia) D) as [E|E].
  - apply Z.divide_abs_l. rewrite E. apply Z.divide_refl.
  - exfalso. apply Ha. rewrite <- E. apply Z.divide_abs_l. exact Da.
Qed.

Lemma divide_dec a b : {(a | b)} + {~ (a | b)}.
Proof.
  destruct (Z.eq_dec a 0) as [->|Ha].
  - destruct (Z.eq_dec b 0) as [->|Hb]; [left; apply Z.divide_refl|].
    right. intros D. apply Z.divide_0_l in D. contradiction.
  - destruct (Z.eq_dec (b mod a) 0) as [E|E].
    + left. apply Z.mod_divide; assumption.
    + right. intros D. apply E, Z.mod_divide; assumption.
Defined.

Theorem euclid p a b : prime p -> (p | a * b) -> (p | a) \/ (p | b).
Proof.
  intros Hp D. destruct (divide_dec p a) as [Ha|Ha]; [left; exact Ha | right].
  apply (gauss p a b); [apply prime_coprime; assumption | exact D].
Qed.

Lemma prime_divide_prime p q : prime p -> prime q -> (p | q) -> p = q.
Proof.
  intros [Hp _] [_ Hq] D. destruct (Hq p ltac:(lia) D); lia.
Qed.

Lemma prime_divide_pow p a n : prime p -> 0 <= n -> (p | a ^ n) -> (p | a).
Proof.
  intros Hp Hn. pattern n. apply natlike_ind; [| |exact Hn].
  - rewrite Z.pow_0_r. intros D. apply Z.divide_1_r_nonneg in D; destruct Hp; lia.
  - intros k Hk IH. rewrite Z.pow_succ_r by exact Hk.
    intros D. destruct (euclid _ _ _ Hp D); auto.
Qed.

(** ** Trial division *)

(** No number of 2 .. n divides p. *)
Fixpoint no_divisor (n : nat) (p : Z) : bool :=
  match n with
  | O | 1%nat => true
  | S m => if p mod Z.of_nat n =? 0 then false else no_divisor m p
  end.

Lemma no_divisor_sound n p d :
  no_divisor n p = true -> 1 < d <= Z.of_nat n -> ~ (d | p).
Proof.
  induction n as [|[|n] IH]; [lia..|].
  change (no_divisor (S (S n)) p) with
    (if p mod Z.of_nat (S (S n)) =? 0 then false else no_divisor (S n) p).
  destruct (Z.eqb_spec (p mod Z.of_nat (S (S n))) 0) as [|E]; [discriminate|].
  intros H Hd. destruct (Z.eq_dec d (Z.of_nat (S (S n)))) as [->|].
  - intros D. apply E, Z.mod_divide; [lia|exact D].
  - apply IH; [exact H|lia].
Qed.

(** A number without divisors up to its square root is prime. *)
Theorem prime_by_root p r :
  1 < p -> 0 <= r -> p < (r + 1) ^ 2 -> (forall d, 1 < d <= r -> ~ (d | p)) -> prime p.
Proof.
  intros Hp Hr Hroot H. split; [exact Hp|]. intros d Hd D.
  destruct (Z.eq_dec d 1) as [|H1]; [left; assumption|].
  destruct (Z_le_gt_dec d r) as [Hle|Hgt]; [exfalso; apply (H d); [lia|exact D]|].
  destruct D as [q Hq].
  destruct (Z.eq_dec q 1) as [->|Hq1]; [right; lia|].
  exfalso. apply (H q); [|exists d; lia].
  assert (0 < q) by nia. split; [lia|]. nia.
Qed.

Definition is_prime (p : Z) : bool :=
  if p <=? 1 then false else no_divisor (Z.to_nat (Z.sqrt p)) p.

Theorem is_prime_sound p : is_prime p = true -> prime p.
Proof.
  unfold is_prime. destruct (Z.leb_spec p 1) as [|Hp]; [discriminate|]. intros H.
  pose proof (Z.sqrt_nonneg p) as Hs.
  apply (prime_by_root p (Z.sqrt p) Hp Hs).
  - pose proof (Z.sqrt_spec p ltac:(lia)) as [_ Hs1]. nia.
  - intros d Hd. apply (no_divisor_sound _ _ _ H). lia.
Qed.

(** ** Every number above 1 has a prime divisor *)
Theorem prime_divisor n : 1 < n -> exists p, prime p /\ (p | n).
Proof.
  intros H0. assert (Hn : 0 <= n) by lia. revert H0.
  pattern n. apply Z_lt_induction; [clear n Hn | exact Hn].
  intros n IH Hn.
  assert (least : forall k : nat,
    (forall d, 1 < d < 2 + Z.of_nat k -> ~ (d | n)) \/
    (exists d, 1 < d < 2 + Z.of_nat k /\ (d | n))).
  { induction k as [|k IHk]; [left; lia|].
    destruct IHk as [IHk|(d & Hd & D)]; [|right; exists d; split; [lia|exact D]].
    destruct (divide_dec (2 + Z.of_nat k) n) as [D|D].
    - right. exists (2 + Z.of_nat k). split; [lia|exact D].
    - left. intros d Hd. destruct (Z.eq_dec d (2 + Z.of_nat k)) as [->|]; [exact D|].
      apply IHk. lia. }
  destruct (least (Z.to_nat (n - 2))) as [H|(d & Hd & D)].
  - exists n. split; [|apply Z.divide_refl]. split; [exact Hn|].
    intros d Hd D. pose proof (Z.divide_pos_le d n ltac:(lia) D).
    destruct (Z.eq_dec d 1) as [|H1]; [left; assumption|].
    destruct (Z.eq_dec d n) as [|H2]; [right; assumption|].
    exfalso. apply (H d); [lia|exact D].
  - destruct (IH d ltac:(lia) ltac:(lia)) as (p & Hp & Dp).
    exists p. split; [exact Hp|]. apply (Z.divide_trans _ d); assumption.
Qed.

(** ** Infinitely many primes: above every n, a prime divisor of n! + 1 *)
Theorem infinitely_many_primes n : exists p, prime p /\ n < p.
Proof.
  set (m := Z.to_nat n). pose proof (factorial_pos m).
  destruct (prime_divisor (factorial m + 1) ltac:(lia)) as (p & Hp & D).
  exists p. split; [exact Hp|].
  destruct (Z_lt_ge_dec n p) as [|Hge]; [assumption|exfalso].
  pose proof (prime_ge_2 _ Hp).
  assert (Dm : (p | factorial m)) by (apply divide_factorial; lia).
  apply (Z.divide_add_cancel_r _ _ _ Dm) in D.
  apply Z.divide_1_r_nonneg in D; lia.
Qed.

(** ** Unique factorisation *)
Section Factorisation.
  Fixpoint product (l : list Z) : Z :=
    match l with
    | nil => 1
    | cons p l => p * product l
    end.

  Definition primes l := Forall prime l.

  Theorem factorisation n : 0 < n -> exists l, primes l /\ product l = n.
  Proof.
    intros H0. assert (Hn : 0 <= n) by lia. revert H0.
    pattern n. apply Z_lt_induction; [clear n Hn | exact Hn].
    intros n IH Hn.
    destruct (Z.eq_dec n 1) as [->|H1]; [exists nil; split; [constructor|reflexivity]|].
    destruct (prime_divisor n ltac:(lia)) as (p & Hp & q & Hq).
    pose proof (prime_ge_2 _ Hp).
    destruct (IH q ltac:(nia) ltac:(nia)) as (l & Hl & El).
    exists (p :: l)%list. split; [constructor; assumption|]. simpl. lia.
  Qed.

  Lemma prime_divide_product p l : prime p -> primes l -> (p | product l) -> In p l.
  Proof.
    intros Hp. induction 1 as [|q l Hq Hl IH]; simpl; intros D.
    - apply Z.divide_1_r_nonneg in D; destruct Hp; lia.
    - destruct (euclid _ _ _ Hp D) as [Dq|Dl]; [left|right; exact (IH Dl)].
      symmetry. apply prime_divide_prime; assumption.
  Qed.

  (** The exponent of each prime is determined by the product. *)
  Theorem unique_factorisation l : primes l -> forall m, primes m ->
    product l = product m -> forall p, count_occ Z.eq_dec l p = count_occ Z.eq_dec m p.
  Proof.
    induction 1 as [|q l Hq Hl IH]; intros m Hm E p.
    - destruct Hm as [|r m Hr Hm]; [reflexivity|exfalso]. simpl in E.
      assert (D : (r | 1)) by (rewrite E; apply Z.divide_factor_l).
      apply Z.divide_1_r_nonneg in D; destruct Hr; lia.
    - assert (Hin : In q m).
      { apply prime_divide_product; [assumption..|]. rewrite <- E. apply Z.divide_factor_l. }
      apply in_split in Hin as (m1 & m2 & ->).
      assert (Em : product (m1 ++ q :: m2) = q * product (m1 ++ m2)).
      { clear. induction m1 as [|x m1 IHm]; simpl; [reflexivity|]. rewrite IHm. ring. }
      assert (Hm' : primes (m1 ++ m2)).
      { apply Forall_app in Hm as [H1 H2]. apply Forall_app. split; [exact H1|].
        inversion H2; assumption. }
      rewrite Em in E. simpl product in E. apply Z.mul_reg_l in E; [|destruct Hq; lia].
      rewrite count_occ_app. simpl.
      rewrite (IH _ Hm' E p), count_occ_app.
      destruct (Z.eq_dec q p); lia.
  Qed.
End Factorisation.
