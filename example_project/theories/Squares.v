(** * Products of sums of squares

    The composition laws of Brahmagupta (two squares), Euler (four) and Degen (eight). [ring] checks
    each by normalising both sides: polynomials in up to sixteen variables. *)

From Coq Require Import ZArith Lia.
Local Open Scope Z_scope.

Section Identities.
  Variables a b c d e f g h : Z.
  Variables s t u v w x y z : Z.

  Theorem brahmagupta :
    (a^2 + b^2) * (s^2 + t^2) = (a*s - b*t)^2 + (a*t + b*s)^2.
  Proof using. ring. Qed.

  Theorem brahmagupta_pell n :
    (a^2 - n * b^2) * (s^2 - n * t^2) = (a*s + n*b*t)^2 - n * (a*t + b*s)^2.
  Proof using. ring. Qed.

  Theorem lagrange_cross_product :
    (a^2 + b^2 + c^2) * (s^2 + t^2 + u^2) =
    (a*s + b*t + c*u)^2 + (a*t - b*s)^2 + (a*u - c*s)^2 + (b*u - c*t)^2.
  Proof using. ring. Qed.

  Theorem euler_four_squares :
    (a^2 + b^2 + c^2 + d^2) * (s^2 + t^2 + u^2 + v^2) =
    (a*s - b*t - c*u - d*v)^2 + (a*t + b*s + c*v - d*u)^2 +
    (a*u - b*v + c*s + d*t)^2 + (a*v + b*u - c*t + d*s)^2.
  Proof using. ring. Qed.

  Theorem degen_eight_squares :
    (a^2 + b^2 + c^2 + d^2 + e^2 + f^2 + g^2 + h^2) *
    (s^2 + t^2 + u^2 + v^2 + w^2 + x^2 + y^2 + z^2) =
    (a*s - b*t - c*u - d*v - e*w - f*x - g*y - h*z)^2 +
    (a*t + b*s + c*v - d*u + e*x - f*w - g*z + h*y)^2 +
    (a*u - b*v + c*s + d*t + e*y + f*z - g*w - h*x)^2 +
    (a*v + b*u - c*t + d*s + e*z - f*y + g*x - h*w)^2 +
    (a*w - b*x - c*y - d*z + e*s + f*t + g*u + h*v)^2 +
    (a*x + b*w - c*z + d*y - e*t + f*s - g*v + h*u)^2 +
    (a*y + b*z + c*w - d*x - e*u + f*v + g*s - h*t)^2 +
    (a*z - b*y + c*x + d*w - e*v - f*u + g*t + h*s)^2.
  Proof using. ring. Qed.

  (** Cauchy and Schwarz in four dimensions: the difference is a sum of squares. *)
  Theorem cauchy_schwarz :
    (a*s + b*t + c*u + d*v)^2 <= (a^2 + b^2 + c^2 + d^2) * (s^2 + t^2 + u^2 + v^2).
  Proof using.
    set (square k := k * k).
    assert (nonneg : forall k, 0 <= square k) by exact Z.square_nonneg.
    apply Z.le_0_sub.
    replace (_ - _) with
      (square (a*t - b*s) + square (a*u - c*s) + square (a*v - d*s) +
       square (b*u - c*t) + square (b*v - d*t) + square (c*v - d*u))
      by (unfold square; ring).
    repeat apply Z.add_nonneg_nonneg; apply nonneg.
  Qed.
End Identities.

(** ** Sums of squares are closed under products *)
Section Closure.
  Definition two_squares n := exists a b, n = a^2 + b^2.
  Definition four_squares n := exists a b c d, n = a^2 + b^2 + c^2 + d^2.

  Variables m n : Z.

  Theorem two_squares_mul : two_squares m -> two_squares n -> two_squares (m * n).
  Proof.
    intros (a & b & ->) (s & t & ->).
    eexists; eexists; apply brahmagupta.
  Qed.

  Theorem four_squares_mul : four_squares m -> four_squares n -> four_squares (m * n).
  Proof.
    intros (a & b & c & d & ->) (s & t & u & v & ->).
    do 4 eexists; apply euler_four_squares.
  Qed.

  Theorem two_squares_four : two_squares m -> four_squares m.
  Proof.
    intros (a & b & ->). exists a, b, 0, 0. ring.
  Qed.

  (** Squares are 0 or 1 modulo 4, so a number 3 modulo 4 is no sum of two. *)
  Theorem two_squares_mod_4 : two_squares m -> m mod 4 <> 3.
  Proof.
    intros (a & b & ->).
    assert (H : forall k, exists q, k^2 = 4 * q \/ k^2 = 4 * q + 1).
    { intros k. destruct (Z.Even_or_Odd k) as [[q ->]|[q ->]].
      - exists (q^2); left; ring.
      - exists (q^2 + q); right; ring. }
    destruct (H a) as [p Hp], (H b) as [q Hq].
    intros E. pose proof (Z.div_mod (a^2 + b^2) 4). lia.
  Qed.
End Closure.

(** ** Lagrange's theorem below 4000, by computation *)

(** The first of k-1, ..., 0 that [try] accepts, kept as [Some]. *)
Fixpoint search {A} (try : Z -> option A) (k : nat) : option A :=
  match k with
  | O => None
  | S j => match try (Z.of_nat j) with Some x => Some x | None => search try j end
  end.

(** Some (a, b, ...), of the wanted number of squares, with n = a^2 + b^2 + ... *)
Fixpoint squares (count : nat) (n : Z) : option (list Z) :=
  match count with
  | O => if n =? 0 then Some nil else None
  | S c =>
      search (fun a => if n <? a^2 then None else option_map (cons a) (squares c (n - a^2)))
        (S (Z.to_nat (Z.sqrt n)))
  end.

Lemma squares_succ c n :
  squares (S c) n =
  search (fun a => if n <? a^2 then None else option_map (cons a) (squares c (n - a^2)))
    (S (Z.to_nat (Z.sqrt n))).
Proof. reflexivity. Qed.

Fixpoint sum_squares (l : list Z) : Z :=
  match l with
  | nil => 0
  | cons a l => a^2 + sum_squares l
  end.

Lemma search_sound {A} (try : Z -> option A) k x :
  search try k = Some x -> exists j, try j = Some x.
Proof.
  induction k as [|k IH]; simpl; [discriminate|].
  destruct (try (Z.of_nat k)) as [y|] eqn:E; [|exact IH].
  intros [= <-]. exists (Z.of_nat k). exact E.
Qed.

Lemma squares_sound count : forall n l,
  squares count n = Some l -> length l = count /\ sum_squares l = n.
Proof.
  induction count as [|c IH]; intros n l.
  - simpl. destruct (Z.eqb_spec n 0) as [->|]; [|discriminate]. intros [= <-]. split; reflexivity.
  - rewrite squares_succ. intros H. apply search_sound in H as [a H].
    revert H. destruct (n <? a^2); [discriminate|].
    destruct (squares c (n - a^2)) as [k|] eqn:E; simpl; [|discriminate].
    intros [= <-]. apply IH in E as [E1 E2].
    split; [simpl; f_equal; exact E1 | cbn -[Z.pow]; rewrite E2; ring].
Qed.

Definition is_four_squares (n : Z) : bool :=
  match squares 4 n with Some _ => true | None => false end.

Lemma is_four_squares_sound n : is_four_squares n = true -> four_squares n.
Proof.
  unfold is_four_squares. destruct (squares 4 n) as [l|] eqn:E; [|discriminate]. intros _.
  apply squares_sound in E as [H <-].
  destruct l as [|a [|b [|c [|d [|? ?]]]]]; try discriminate.
  exists a, b, c, d. unfold sum_squares. ring.
Qed.

(** All numbers below n pass the test. *)
Fixpoint all_below (test : Z -> bool) (n : nat) : bool :=
  match n with
  | O => true
  | S m => if test (Z.of_nat m) then all_below test m else false
  end.

Lemma all_below_sound test n k :
  all_below test n = true -> 0 <= k < Z.of_nat n -> test k = true.
Proof.
  induction n as [|n IH]; [lia|].
  change (all_below test (S n)) with (if test (Z.of_nat n) then all_below test n else false).
  destruct (test (Z.of_nat n)) eqn:E; [|discriminate].
  intros H Hk. destruct (Z.eq_dec k (Z.of_nat n)) as [->|]; [exact E|].
  apply IH; [exact H|lia].
Qed.

Theorem lagrange_below_4000 n : 0 <= n < 4000 -> four_squares n.
Proof.
  intros H. apply is_four_squares_sound, (all_below_sound _ 4000).
  - vm_cast_no_check (eq_refl true).
  - lia.
Qed.
