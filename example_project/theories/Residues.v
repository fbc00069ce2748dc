(** * Quadratic residues: Euler's criterion (one half) and reciprocity, checked *)

From Coq Require Import ZArith Lia List.
From Example Require Import Bezout Primes Fermat Sieve.
Import ListNotations.
Local Open Scope Z_scope.

Section Euler.
  Variable h : Z.
  Let p := 2 * h + 1.
  Hypothesis prime_p : prime p.

  Lemma h_pos : 0 < h.
  Proof using prime_p. destruct prime_p as [H _]. unfold p in H. lia. Qed.

  (** The half power of a number prime to p is 1 or -1. *)
  Theorem half_power a : ~ (p | a) -> cong p (a ^ h) 1 \/ cong p (a ^ h) (-1).
  Proof using prime_p.
    intros Ha. pose proof h_pos.
    pose proof (fermat_little p prime_p a Ha) as F.
    replace (p - 1) with (h + h) in F by (unfold p; ring).
    rewrite Z.pow_add_r in F by lia.
    apply (euclid p (a ^ h - 1) (a ^ h - -1)); [exact prime_p|].
    replace ((a ^ h - 1) * (a ^ h - -1)) with (a ^ h * a ^ h - 1) by ring. exact F.
  Qed.

  (** Of a square it is 1. *)
  Theorem half_power_square x : ~ (p | x) -> cong p ((x * x) ^ h) 1.
  Proof using prime_p.
    intros Hx. pose proof h_pos.
    rewrite Z.pow_mul_l, <- Z.pow_add_r by lia.
    replace (h + h) with (p - 1) by (unfold p; ring). apply fermat_little; assumption.
  Qed.

  (** Only one of the two holds, p being odd. *)
  Theorem half_power_exclusive a : cong p (a ^ h) 1 -> cong p (a ^ h) (-1) -> False.
  Proof using prime_p.
    intros C1 C2. pose proof h_pos.
    pose proof (cong_trans p _ _ _ (cong_sym _ _ _ C1) C2) as D. unfold cong in D.
    apply Z.divide_pos_le in D; unfold p in *; lia.
  Qed.

  (** So a number whose half power is -1 is no square modulo p. *)
  Theorem non_residue a : cong p (a ^ h) (-1) -> forall x, ~ cong p (x * x) a.
  Proof.
    intros C x Cx. pose proof h_pos.
    assert (C2 : cong p ((x * x) ^ h) (-1)).
    { apply (cong_trans p _ (a ^ h)); [apply cong_pow; [lia|exact Cx]|exact C]. }
    destruct (divide_dec p x) as [D|D].
    - assert (D1 : (p | 1)).
      { replace 1 with ((x * x) ^ h - -1 - (x * x) ^ h) by ring.
        apply Z.divide_sub_r; [exact C2|].
        replace h with (Z.succ (h - 1)) by lia. rewrite Z.pow_succ_r by lia.
        do 2 apply Z.divide_mul_l. exact D. }
      apply Z.divide_1_r_nonneg in D1; unfold p in D1; lia.
    - apply (half_power_exclusive (x * x)); [apply half_power_square, D|exact C2].
  Qed.
End Euler.

(** ** The law of quadratic reciprocity for all odd primes below 700 *)

(** The Legendre symbol of a modulo an odd prime p that does not divide it, by Euler's criterion. *)
Definition legendre (a p : Z) : Z :=
  if power_mod p a (Z.to_pos (p / 2)) =? 1 then 1 else -1.

Definition sign (p q : Z) : Z := if Z.even ((p / 2) * (q / 2)) then 1 else -1.

Definition reciprocity (p q : Z) : bool := legendre p q * legendre q p =? sign p q.

(** Every pair of distinct members, each once. *)
Fixpoint all_pairs (test : Z -> Z -> bool) (l : list Z) : bool :=
  match l with
  | [] => true
  | p :: l => if forallb (test p) l then all_pairs test l else false
  end.

Lemma all_pairs_sound test l : (forall p q, test p q = test q p) -> all_pairs test l = true ->
  forall p q, In p l -> In q l -> p <> q -> test p q = true.
Proof.
  intros sym. induction l as [|r l IH]; simpl; [tauto|].
  destruct (forallb (test r) l) eqn:E; [|discriminate].
  rewrite forallb_forall in E. intros H p q [<-|Hp] [<-|Hq] Hne.
  - contradiction.
  - apply E, Hq.
  - rewrite sym. apply E, Hp.
  - apply IH; assumption.
Qed.

Definition odd_primes (n : nat) : list Z := filter (Z.ltb 2) (primes_to n).

Lemma odd_primes_spec n p : 2 < p < Z.of_nat n + 2 -> prime p -> In p (odd_primes n).
Proof.
  intros H Hp. apply filter_In. split; [|apply Z.ltb_lt, H].
  apply primes_to_spec. split; [apply H|exact Hp].
Qed.

Lemma reciprocity_sym p q : reciprocity p q = reciprocity q p.
Proof.
  unfold reciprocity, sign.
  rewrite (Z.mul_comm (legendre p q)), (Z.mul_comm (p / 2)). reflexivity.
Qed.

Theorem reciprocity_below_700 p q :
  prime p -> prime q -> 2 < p < 700 -> 2 < q < 700 -> p <> q ->
  legendre p q * legendre q p = sign p q.
Proof.
  intros Hp Hq Bp Bq Hne. apply Z.eqb_eq.
  change (reciprocity p q = true).
  apply (all_pairs_sound _ (odd_primes 698) reciprocity_sym); [|..|exact Hne].
  - vm_cast_no_check (eq_refl true).
  - apply odd_primes_spec; assumption.
  - apply odd_primes_spec; assumption.
Qed.

(** ** The two supplements, for all odd primes below 3000 *)
Definition supplements (p : Z) : bool :=
  ((legendre (-1) p =? if p mod 4 =? 1 then 1 else -1) &&
   (legendre 2 p =? if (p mod 8 =? 1) || (p mod 8 =? 7) then 1 else -1))%bool.

Theorem supplements_below_3000 p : prime p -> 2 < p < 3000 ->
  legendre (-1) p = (if p mod 4 =? 1 then 1 else -1) /\
  legendre 2 p = (if ((p mod 8 =? 1) || (p mod 8 =? 7))%bool then 1 else -1).
Proof.
  intros Hp Bp.
  assert (all : forallb supplements (odd_primes 2998) = true)
    by (vm_cast_no_check (eq_refl true)).
  rewrite forallb_forall in all.
  specialize (all p (odd_primes_spec 2998 p Bp Hp)).
  apply andb_prop in all as [H1 H2]. apply Z.eqb_eq in H1, H2. split; assumption.
Qed.
