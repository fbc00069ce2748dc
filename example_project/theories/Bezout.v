(** * Euclid's algorithm, Bezout's identity and Gauss's lemma

    Proved from the algorithm, and computed with it. *)

From Coq Require Import ZArith Lia.
Local Open Scope Z_scope.

Definition coprime a b := forall d, (d | a) -> (d | b) -> (d | 1).

(** The extended algorithm: (g, u, v) with u a + v b = g; [fuel] bounds the number of divisions. *)
Fixpoint egcd (fuel : nat) (a b : Z) : Z * Z * Z :=
  match fuel with
  | O => (a, 1, 0)
  | S f =>
      if b =? 0 then (a, 1, 0)
      else let '(g, u, v) := egcd f b (a mod b) in (g, v, u - a / b * v)
  end.

Lemma egcd_bezout fuel : forall a b g u v, egcd fuel a b = (g, u, v) -> u * a + v * b = g.
Proof.
  induction fuel as [|f IH]; intros a b g u v; simpl.
  - intros [= <- <- <-]. ring.
  - destruct (Z.eqb_spec b 0) as [->|Hb]; [intros [= <- <- <-]; ring|].
    destruct (egcd f b (a mod b)) as [[g' u'] v'] eqn:E.
    intros [= <- <- <-]. apply IH in E. rewrite <- E, (Z.mod_eq a b) by exact Hb. ring.
Qed.

Lemma egcd_divides fuel : forall a b g u v, 0 <= b < Z.of_nat fuel ->
  egcd fuel a b = (g, u, v) -> (g | a) /\ (g | b).
Proof.
  induction fuel as [|f IH]; intros a b g u v Hb; [lia|]; simpl.
  destruct (Z.eqb_spec b 0) as [->|H0].
  - intros [= <- <- <-]. split; [apply Z.divide_refl | apply Z.divide_0_r].
  - destruct (egcd f b (a mod b)) as [[g' u'] v'] eqn:E.
    intros [= <- <- <-].
    pose proof (Z.mod_pos_bound a b ltac:(lia)).
    apply IH in E as [E1 E2]; [|lia].
    split; [|exact E1].
    rewrite (Z.div_mod a b) by exact H0.
    apply Z.divide_add_r; [apply Z.divide_mul_l; exact E1 | exact E2].
Qed.

(** ** Consequences, for two integers *)
Section Bezout.
  Variables a b : Z.

  Theorem bezout : exists g u v, u * a + v * b = g /\ (g | a) /\ (g | b).
  Proof using.
    destruct (egcd (S (Z.to_nat (Z.abs b))) a (Z.abs b)) as [[g u] v] eqn:E.
    exists g, u, (v * Z.sgn b).
    pose proof (egcd_bezout _ _ _ _ _ _ E) as H1.
    apply egcd_divides in E as [H2 H3]; [|lia].
    split; [|split; [exact H2 | apply Z.divide_abs_r; exact H3]].
    rewrite <- H1. f_equal. rewrite <- Z.mul_assoc. f_equal. destruct b; reflexivity.
  Qed.

  Theorem coprime_bezout : coprime a b -> exists u v, u * a + v * b = 1.
  Proof.
    intros H. destruct bezout as (g & u & v & E & Ha & Hb).
    destruct (H g Ha Hb) as [q Hq].
    exists (q * u), (q * v). rewrite Hq, <- E. ring.
  Qed.

  Theorem bezout_coprime u v : u * a + v * b = 1 -> coprime a b.
  Proof using.
    intros E d Ha Hb. rewrite <- E.
    apply Z.divide_add_r; apply Z.divide_mul_r; assumption.
  Qed.

  Lemma coprime_sym : coprime a b -> coprime b a.
  Proof using. intros H d Hb Ha. exact (H d Ha Hb). Qed.

  (** Gauss: a divisor of b c that is coprime to b divides c. *)
  Theorem gauss c : coprime a b -> (a | b * c) -> (a | c).
  Proof.
    intros H D. destruct (coprime_bezout H) as (u & v & E).
    replace c with (u * c * a + v * (b * c)) by (rewrite <- (Z.mul_1_l c) at 3; rewrite <- E; ring).
    apply Z.divide_add_r; [apply Z.divide_factor_r | apply Z.divide_mul_r; exact D].
  Qed.

  (** Two coprime divisors divide together. *)
  Theorem coprime_divide_mul c : coprime a b -> (a | c) -> (b | c) -> (a * b | c).
  Proof.
    intros H Da [k ->]. apply Z.mul_divide_mono_r, (gauss k H). rewrite Z.mul_comm. exact Da.
  Qed.
End Bezout.

Theorem coprime_mul a b c : coprime a b -> coprime a c -> coprime a (b * c).
Proof.
  intros Hb Hc.
  destruct (coprime_bezout _ _ Hb) as (u & v & E), (coprime_bezout _ _ Hc) as (s & t & F).
  apply (bezout_coprime _ _ (u * (s * a + t * c) + v * b * s) (v * t)).
  rewrite <- (Z.mul_1_l 1). rewrite <- E at 1. rewrite <- F. ring.
Qed.

(** ** The Chinese remainder theorem *)
Section Chinese.
  Variables m n : Z.
  Hypothesis mn : coprime m n.

  Theorem chinese_exists a b : exists x, (m | x - a) /\ (n | x - b).
  Proof.
    destruct (coprime_bezout _ _ mn) as (u & v & E).
    exists (v * n * a + u * m * b). split.
    - exists (u * b - u * a).
      replace (v * n) with (1 - u * m) by lia. ring.
    - exists (v * a - v * b).
      replace (u * m) with (1 - v * n) by lia. ring.
  Qed.

  Theorem chinese_unique x y : (m | x - y) -> (n | x - y) -> (m * n | x - y).
  Proof using mn. apply coprime_divide_mul, mn. Qed.
End Chinese.

(** ** Two of Fermat's numbers are coprime, by the algorithm *)
Definition fermat_number (k : nat) : Z := 2 ^ 2 ^ Z.of_nat k + 1.

Example fermat_numbers_5_6 : coprime (fermat_number 5) (fermat_number 6).
Proof.
  destruct (egcd 100 (fermat_number 5) (fermat_number 6)) as [[g u] v] eqn:E.
  apply (bezout_coprime _ _ u v).
  rewrite (egcd_bezout _ _ _ _ _ _ E).
  vm_compute in E. injection E as <- _ _. reflexivity.
Qed.
