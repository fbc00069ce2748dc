(** * A sieve, proved correct, and what it finds

    The list holds all primes below a bound and nothing else; Goldbach and Bertrand are then checked
    up to one. *)

From Coq Require Import ZArith Lia List.
From Example Require Import Bezout Primes.
Import ListNotations.
Local Open Scope Z_scope.

(** ** The test is complete as well *)
Section Decision.
  Variable p : Z.

  Lemma no_divisor_complete n :
    (forall d, 1 < d <= Z.of_nat n -> ~ (d | p)) -> no_divisor n p = true.
  Proof using.
    induction n as [|[|n] IH]; [reflexivity..|]. intros H.
    change (no_divisor (S (S n)) p) with
      (if p mod Z.of_nat (S (S n)) =? 0 then false else no_divisor (S n) p).
    destruct (Z.eqb_spec (p mod Z.of_nat (S (S n))) 0) as [E|_].
    - exfalso. apply (H (Z.of_nat (S (S n)))); [lia|]. apply Z.mod_divide; [lia|exact E].
    - apply IH. intros d Hd. apply H. lia.
  Qed.

  Theorem is_prime_spec : is_prime p = true <-> prime p.
  Proof.
    split; [apply is_prime_sound|]. intros [Hp H]. unfold is_prime.
    destruct (Z.leb_spec p 1) as [|_]; [lia|].
    apply no_divisor_complete. intros d Hd D.
    assert (Hs : Z.sqrt p < p) by (apply Z.sqrt_lt_lin; exact Hp).
    destruct (H d ltac:(lia) D); lia.
  Qed.
End Decision.

(** ** Sieving a list: strike out the multiples of each head *)
Section Sieve.
  Definition strike (p : Z) (l : list Z) : list Z := filter (fun k => negb (k mod p =? 0)) l.

  Fixpoint sieve (fuel : nat) (l : list Z) : list Z :=
    match fuel, l with
    | S f, p :: l => p :: sieve f (strike p l)
    | _, _ => []
    end.

  Fixpoint interval (a : Z) (n : nat) : list Z :=
    match n with
    | O => []
    | S m => a :: interval (a + 1) m
    end.

  (** The primes below n + 2. *)
  Definition primes_to (n : nat) : list Z := sieve n (interval 2 n).

  Lemma in_interval n : forall a k, In k (interval a n) <-> a <= k < a + Z.of_nat n.
  Proof using.
    induction n as [|n IH]; intros a k; [simpl; lia|].
    change (In k (interval a (S n))) with (a = k \/ In k (interval (a + 1) n)).
    rewrite IH. lia.
  Qed.

  Lemma in_strike p l k : p <> 0 -> In k (strike p l) <-> In k l /\ ~ (p | k).
  Proof using.
    intros Hp. unfold strike. rewrite filter_In, Bool.negb_true_iff, Z.eqb_neq.
    rewrite Z.mod_divide by exact Hp. reflexivity.
  Qed.

  Inductive increasing : list Z -> Prop :=
  | increasing_nil : increasing []
  | increasing_cons p l : (forall k, In k l -> p < k) -> increasing l -> increasing (p :: l).

  Lemma increasing_interval n : forall a, increasing (interval a n).
  Proof using.
    induction n as [|n IH]; intros a; simpl; constructor; [|apply IH].
    intros k Hk. apply in_interval in Hk. lia.
  Qed.

  Lemma increasing_strike p l : increasing l -> increasing (strike p l).
  Proof using.
    induction 1 as [|q l Hq Hl IH]; simpl; [constructor|].
    destruct (negb (q mod p =? 0)); [|exact IH].
    constructor; [|exact IH].
    intros k Hk. apply filter_In in Hk as [Hk _]. apply Hq, Hk.
  Qed.

  Lemma strike_length p l : (length (strike p l) <= length l)%nat.
  Proof using.
    induction l as [|q l IH]; simpl; [lia|]. destruct (negb (q mod p =? 0)); simpl; lia.
  Qed.

  Variable b : Z.

  (** What the sieve keeps true of its list: it holds the numbers from a to b that no d below a
      divides. *)
  Definition candidates (a : Z) (l : list Z) : Prop :=
    forall k, In k l <-> a <= k < b /\ forall d, 1 < d < a -> ~ (d | k).

  Lemma candidates_head a p l : 1 < a -> increasing (p :: l) -> candidates a (p :: l) -> prime p.
  Proof using.
    intros Ha Hinc H. inversion Hinc as [|? ? Hp _]; subst.
    destruct (H p) as [[Hap Hd] _]; [left; reflexivity|].
    split; [lia|]. intros d Hd0 D.
    destruct (Z.eq_dec d 1) as [|H1]; [left; assumption|].
    destruct (Z.eq_dec d p) as [|H2]; [right; assumption|exfalso].
    pose proof (Z.divide_pos_le d p ltac:(lia) D).
    destruct (Z_lt_ge_dec d a) as [Hlt|Hge]; [apply (Hd d); [lia|exact D]|].
    destruct (H d) as [_ [E|E]]; [|lia|specialize (Hp d E); lia].
    split; [lia|]. intros e He De. apply (Hd e He). apply (Z.divide_trans _ d); assumption.
  Qed.

  Lemma candidates_strike a p l : 1 < a -> increasing (p :: l) -> candidates a (p :: l) ->
    candidates (p + 1) (strike p l).
  Proof using.
    intros Ha Hinc H k. inversion Hinc as [|? ? Hp _]; subst.
    destruct (H p) as [[Hap Hd] _]; [left; reflexivity|].
    rewrite in_strike by lia. split.
    - intros [Hk Hpk]. pose proof (Hp k Hk) as Hlt.
      destruct (H k) as [[Hak Hdk] _]; [right; exact Hk|].
      split; [lia|]. intros d Hd1 D.
      destruct (Z_lt_ge_dec d a) as [|Hge]; [apply (Hdk d); [lia|exact D]|].
      destruct (Z.eq_dec d p) as [->|Hne]; [exact (Hpk D)|].
      destruct (H d) as [_ [E|E]]; [|lia|specialize (Hp d E); lia].
      split; [lia|]. intros e He De. apply (Hdk e He). apply (Z.divide_trans _ d); assumption.
    - intros [Hk Hdk]. split; [|apply Hdk; lia].
      destruct (H k) as [_ [E|E]]; [|lia|exact E].
      split; [lia|]. intros d Hd1. apply Hdk. lia.
  Qed.

  Theorem sieve_correct f : forall a l,
    1 < a -> (length l <= f)%nat -> increasing l -> candidates a l ->
    forall p, In p (sieve f l) <-> In p l /\ prime p.
  Proof.
    induction f as [|f IH]; intros a [|q l] Ha Hf Hinc H p; simpl in *; try tauto; try lia.
    pose proof (candidates_head _ _ _ Ha Hinc H) as Hq.
    pose proof (candidates_strike _ _ _ Ha Hinc H) as Hs.
    pose proof (strike_length q l). pose proof (prime_ge_2 _ Hq).
    inversion Hinc; subst.
    rewrite (IH (q + 1)); [|lia|lia|apply increasing_strike; assumption|exact Hs].
    rewrite in_strike by lia. split.
    - intros [<-|[[Hin _] Hp]]; auto.
    - intros [[<-|Hin] Hp]; [left; reflexivity|].
      destruct (Z.eq_dec q p) as [|Hne]; [left; assumption|right].
      split; [split; [exact Hin|]|exact Hp].
      intros D. apply Hne, prime_divide_prime; assumption.
  Qed.
End Sieve.

Theorem primes_to_spec n p : In p (primes_to n) <-> p < Z.of_nat n + 2 /\ prime p.
Proof.
  unfold primes_to. rewrite (sieve_correct (Z.of_nat n + 2) n 2).
  - rewrite in_interval. split; [intros [H Hp]; split; [lia|exact Hp]|].
    intros [H Hp]. pose proof (prime_ge_2 _ Hp). split; [lia|exact Hp].
  - lia.
  - generalize 2. induction n as [|n IH]; intros a; simpl; [lia|]. specialize (IH (a + 1)). lia.
  - apply increasing_interval.
  - intros k. rewrite in_interval. split; [intros H; split; [lia|]; intros d Hd; lia|lia].
Qed.

(** ** What it finds *)

Theorem prime_count_5000 : length (primes_to (4998)) = 669%nat.
Proof. vm_cast_no_check (eq_refl 669%nat). Qed.

(** Goldbach: each even number in a range is the sum of a prime from the list and another prime. *)
Fixpoint first_prime_gap (l : list Z) (n : Z) : option Z :=
  match l with
  | [] => None
  | p :: l => if is_prime (n - p) then Some p else first_prime_gap l n
  end.

Lemma first_prime_gap_sound n p : forall l, Forall prime l -> first_prime_gap l n = Some p ->
  prime p /\ prime (n - p).
Proof.
  induction 1 as [|q l Hq Hl IH]; simpl; [discriminate|].
  destruct (is_prime (n - q)) eqn:E; [|exact IH].
  intros [= <-]. split; [exact Hq|apply is_prime_sound, E].
Qed.

Definition goldbach (small : list Z) (evens : list Z) : bool :=
  forallb (fun n => match first_prime_gap small n with Some _ => true | None => false end) evens.

Lemma goldbach_sound small evens : Forall prime small -> goldbach small evens = true ->
  forall n, In n evens -> exists p q, prime p /\ prime q /\ n = p + q.
Proof.
  intros Hs H n Hn. unfold goldbach in H. rewrite forallb_forall in H. specialize (H n Hn).
  destruct (first_prime_gap small n) as [p|] eqn:E; [|discriminate].
  apply first_prime_gap_sound in E as [Hp Hq]; [|exact Hs].
  exists p, (n - p). split; [exact Hp|]. split; [exact Hq|lia].
Qed.

Theorem goldbach_below_4000 k : 2 <= k < 2000 ->
  exists p q, prime p /\ prime q /\ 2 * k = p + q.
Proof.
  intros Hk.
  apply (goldbach_sound (primes_to 200) (map (Z.mul 2) (interval 2 1998))).
  - apply Forall_forall. intros p Hp. apply primes_to_spec in Hp. apply Hp.
  - vm_cast_no_check (eq_refl true).
  - apply in_map, in_interval. lia.
Qed.

(** Bertrand's postulate in this range: one prime in each step, and no step more than doubles. *)
Fixpoint doubling (p : Z) (l : list Z) : bool :=
  match l with
  | [] => true
  | q :: l => if ((q <? 2 * p) && is_prime q)%bool then doubling q l else false
  end.

Lemma doubling_sound l : forall p n, prime p -> doubling p l = true -> p <= n < last l p ->
  exists q, prime q /\ n < q <= 2 * n.
Proof.
  induction l as [|q l IH]; intros p n Hp H Hn; [simpl in Hn; lia|].
  cbn [doubling] in H.
  destruct (Z.ltb_spec q (2 * p)) as [Hq|]; [|discriminate].
  destruct (is_prime q) eqn:E; [|discriminate]. apply is_prime_sound in E. simpl in H.
  destruct (Z_lt_ge_dec n q) as [Hlt|Hge]; [exists q; split; [exact E|lia]|].
  apply (IH q); [exact E|exact H|].
  split; [lia|]. destruct Hn as [_ Hn].
  destruct l as [|r l]; [simpl in *; lia|].
  change (last (q :: r :: l) p) with (last (r :: l) p) in Hn.
  replace (last (r :: l) q) with (last (r :: l) p); [exact Hn|].
  clear. revert r. induction l as [|s l IHl]; intros r; [reflexivity|exact (IHl s)].
Qed.

Theorem bertrand_below_a_million n : 2 <= n < 1000003 ->
  exists q, prime q /\ n < q <= 2 * n.
Proof.
  intros Hn.
  apply (doubling_sound [3; 5; 7; 13; 23; 43; 83; 163; 317; 631; 1259; 2503; 5003; 9973; 19937;
    39869; 79699; 159389; 318751; 637499; 1000003] 2); [|vm_cast_no_check (eq_refl true)|exact Hn].
  apply is_prime_sound. reflexivity.
Qed.
