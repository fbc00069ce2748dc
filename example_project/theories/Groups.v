(** * Groups, in sections

    A group is a section: its laws are hypotheses, and each theorem keeps those that it uses. *)

Section Group.
  Variable G : Type.
  Variable op : G -> G -> G.
  Variable e : G.
  Variable inv : G -> G.

  Local Infix "*" := op.

  Hypothesis assoc : forall x y z, x * (y * z) = x * y * z.
  Hypothesis left_id : forall x, e * x = x.
  Hypothesis left_inv : forall x, inv x * x = e.

  Theorem left_cancel x y z : x * y = x * z -> y = z.
  Proof using assoc left_id left_inv.
    intros H. rewrite <- (left_id y), <- (left_id z), <- (left_inv x), <- !assoc, H.
    reflexivity.
  Qed.

  Theorem right_id x : x * e = x.
  Proof using assoc left_id left_inv.
    apply (left_cancel (inv x)). rewrite assoc, left_inv, left_id. reflexivity.
  Qed.

  Theorem right_inv x : x * inv x = e.
  Proof using assoc left_id left_inv.
    apply (left_cancel (inv x)). rewrite assoc, left_inv, left_id, right_id. reflexivity.
  Qed.

  Theorem right_cancel x y z : y * x = z * x -> y = z.
  Proof.
    intros H. rewrite <- (right_id y), <- (right_id z), <- (right_inv x), !assoc, H. reflexivity.
  Qed.

  Theorem identity_unique f : (forall x, f * x = x) -> f = e.
  Proof. intros H. rewrite <- (right_id f). apply H. Qed.

  Theorem inverse_unique x y : y * x = e -> y = inv x.
  Proof. intros H. apply (right_cancel x). rewrite left_inv. exact H. Qed.

  Theorem inverse_involutive x : inv (inv x) = x.
  Proof. symmetry. apply inverse_unique, right_inv. Qed.

  Theorem inverse_mul x y : inv (x * y) = inv y * inv x.
  Proof.
    symmetry. apply inverse_unique.
    rewrite assoc, <- (assoc (inv y)), left_inv, right_id. apply left_inv.
  Qed.

  (** Where every square is the identity, all elements commute. *)
  Theorem exponent_two_abelian : (forall x, x * x = e) -> forall x y, x * y = y * x.
  Proof.
    intros square x y.
    apply (left_cancel (x * y)). rewrite square.
    rewrite assoc, <- (assoc x y y), square, right_id, square. reflexivity.
  Qed.

  (** ** Powers *)
  Fixpoint power (x : G) (n : nat) : G :=
    match n with
    | O => e
    | S m => x * power x m
    end.

  Theorem power_add x m n : power x (m + n) = power x m * power x n.
  Proof using assoc left_id.
    induction m as [|m IH]; simpl; [|rewrite IH, assoc]; auto.
  Qed.

  Theorem power_mul x m n : power x (m * n) = power (power x n) m.
  Proof.
    induction m as [|m IH]; simpl; [reflexivity|].
    rewrite power_add, IH. reflexivity.
  Qed.

  Theorem power_commutes x y n : x * y = y * x -> power x n * y = y * power x n.
  Proof.
    intros H. induction n as [|n IH]; simpl.
    - rewrite left_id, right_id. reflexivity.
    - rewrite <- assoc, IH, !assoc, H. reflexivity.
  Qed.

  Theorem power_product x y n : x * y = y * x -> power (x * y) n = power x n * power y n.
  Proof.
    intros H. induction n as [|n IH]; simpl; [symmetry; apply left_id|].
    rewrite IH, !assoc. f_equal. rewrite <- !assoc. f_equal.
    symmetry. apply power_commutes. exact H.
  Qed.

  (** ** Conjugation *)
  Definition conjugate g x := g * x * inv g.

  Theorem conjugate_mul g x y : conjugate g (x * y) = conjugate g x * conjugate g y.
  Proof.
    unfold conjugate. rewrite !assoc, <- (assoc (g * x) (inv g) g), left_inv, right_id. reflexivity.
  Qed.

  Theorem conjugate_power g x n : conjugate g (power x n) = power (conjugate g x) n.
  Proof.
    induction n as [|n IH]; simpl.
    - unfold conjugate. rewrite right_id. apply right_inv.
    - rewrite conjugate_mul, IH. reflexivity.
  Qed.

  (** ** Subgroups *)
  Section Subgroup.
    Variable H : G -> Prop.
    Hypothesis H_id : H e.
    Hypothesis H_div : forall x y, H x -> H y -> H (x * inv y).

    Theorem subgroup_inv x : H x -> H (inv x).
    Proof using H_id H_div left_id. intros Hx. rewrite <- (left_id (inv x)). auto. Qed.

    Theorem subgroup_mul x y : H x -> H y -> H (x * y).
    Proof.
      intros Hx Hy. rewrite <- (inverse_involutive y). apply H_div; [|apply subgroup_inv]; assumption.
    Qed.

    Definition same_coset x y := H (inv x * y).

    Theorem same_coset_refl x : same_coset x x.
    Proof using H_id left_inv. unfold same_coset. rewrite left_inv. exact H_id. Qed.

    Theorem same_coset_sym x y : same_coset x y -> same_coset y x.
    Proof.
      unfold same_coset. intros Hxy. apply subgroup_inv in Hxy.
      rewrite inverse_mul, inverse_involutive in Hxy. exact Hxy.
    Qed.

    Theorem same_coset_trans x y z : same_coset x y -> same_coset y z -> same_coset x z.
    Proof.
      unfold same_coset. intros Hxy Hyz.
      replace (inv x * z) with (inv x * y * (inv y * z)); [apply subgroup_mul; assumption|].
      rewrite assoc, <- (assoc (inv x)), right_inv, right_id. reflexivity.
    Qed.
  End Subgroup.
End Group.

(** ** Homomorphisms *)
Section Homomorphism.
  Variables (G K : Type) (op : G -> G -> G) (op' : K -> K -> K).
  Variables (e : G) (e' : K) (inv : G -> G) (inv' : K -> K).

  Hypothesis left_inv : forall x, op (inv x) x = e.
  Hypothesis assoc' : forall x y z, op' x (op' y z) = op' (op' x y) z.
  Hypothesis left_id : forall x, op e x = x.
  Hypothesis left_id' : forall x, op' e' x = x.
  Hypothesis left_inv' : forall x, op' (inv' x) x = e'.

  Variable f : G -> K.
  Hypothesis f_mul : forall x y, f (op x y) = op' (f x) (f y).

  Theorem hom_id : f e = e'.
  Proof.
    apply (left_cancel K op' e' inv' assoc' left_id' left_inv' (f e)).
    rewrite <- f_mul, left_id, right_id with (inv := inv'); auto.
  Qed.

  Theorem hom_inv x : f (inv x) = inv' (f x).
  Proof.
    apply (inverse_unique K op' e' inv' assoc' left_id' left_inv').
    rewrite <- f_mul, left_inv. apply hom_id.
  Qed.

  Theorem hom_power x n : f (power G op e x n) = power K op' e' (f x) n.
  Proof.
    induction n as [|n IH]; simpl; [apply hom_id|].
    rewrite f_mul, IH. reflexivity.
  Qed.
End Homomorphism.
