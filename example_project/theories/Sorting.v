(** * Sorting: insertion sort and merge sort, both proved, and the pigeonhole principle *)

From Coq Require Import Arith NArith Lia List Permutation.
Import ListNotations.

(** ** Sorting by any total order *)
Section Sorting.
  Variable A : Type.
  Variable le : A -> A -> bool.

  Local Infix "<=?" := le.

  Hypothesis le_total : forall x y, (x <=? y) = true \/ (y <=? x) = true.
  Hypothesis le_trans : forall x y z, (x <=? y) = true -> (y <=? z) = true -> (x <=? z) = true.

  Inductive sorted : list A -> Prop :=
  | sorted_nil : sorted []
  | sorted_cons x l : (forall y, In y l -> (x <=? y) = true) -> sorted l -> sorted (x :: l).

  Lemma le_false x y : (x <=? y) = false -> (y <=? x) = true.
  Proof using le_total. intros H. destruct (le_total x y) as [E|E]; congruence. Qed.

  (** *** Insertion sort *)
  Fixpoint insert (x : A) (l : list A) : list A :=
    match l with
    | [] => [x]
    | y :: m => if x <=? y then x :: l else y :: insert x m
    end.

  Fixpoint insertion_sort (l : list A) : list A :=
    match l with
    | [] => []
    | x :: m => insert x (insertion_sort m)
    end.

  Lemma insert_permutation x l : Permutation (insert x l) (x :: l).
  Proof using.
    induction l as [|y l IH]; simpl; [reflexivity|].
    destruct (x <=? y); [reflexivity|].
    rewrite IH. apply perm_swap.
  Qed.

  Lemma insert_sorted x l : sorted l -> sorted (insert x l).
  Proof using le_total le_trans.
    induction 1 as [|y l Hy Hl IH]; simpl.
    - constructor; [intros ? []|constructor].
    - destruct (x <=? y) eqn:E.
      + constructor; [|constructor; assumption].
        intros z [<-|Hz]; [exact E|]. apply (le_trans _ y); [exact E|apply Hy, Hz].
      + constructor; [|exact IH].
        intros z Hz. apply (Permutation_in _ (insert_permutation x l)) in Hz as [<-|Hz].
        * apply le_false, E.
        * apply Hy, Hz.
  Qed.

  Theorem insertion_sort_permutation l : Permutation (insertion_sort l) l.
  Proof using.
    induction l as [|x l IH]; simpl; [constructor|].
    rewrite insert_permutation, IH. reflexivity.
  Qed.

  Theorem insertion_sort_sorted l : sorted (insertion_sort l).
  Proof.
    induction l as [|x l IH]; simpl; [constructor|]. apply insert_sorted, IH.
  Qed.

  (** *** Merge sort, from the bottom: runs on a stack, one of each size *)
  Fixpoint merge (l : list A) : list A -> list A :=
    match l with
    | [] => fun m => m
    | x :: l' =>
        fix merge_x (m : list A) : list A :=
          match m with
          | [] => l
          | y :: m' => if x <=? y then x :: merge l' m else y :: merge_x m'
          end
    end.

  Lemma merge_cons x l y m :
    merge (x :: l) (y :: m) = if x <=? y then x :: merge l (y :: m) else y :: merge (x :: l) m.
  Proof using. reflexivity. Qed.

  Lemma merge_nil_r l : merge l [] = l.
  Proof using. destruct l; reflexivity. Qed.

  Lemma merge_permutation l : forall m, Permutation (merge l m) (l ++ m).
  Proof using.
    induction l as [|x l IHl]; [reflexivity|].
    induction m as [|y m IHm]; [rewrite merge_nil_r, app_nil_r; reflexivity|].
    rewrite merge_cons. destruct (x <=? y).
    - rewrite IHl. reflexivity.
    - rewrite IHm. apply Permutation_middle.
  Qed.

  Lemma merge_sorted l : sorted l -> forall m, sorted m -> sorted (merge l m).
  Proof using le_total le_trans.
    induction 1 as [|x l Hx Hl IHl]; [trivial|].
    induction 1 as [|y m Hy Hm IHm]; [rewrite merge_nil_r; constructor; assumption|].
    rewrite merge_cons. destruct (x <=? y) eqn:E; constructor.
    - intros z Hz. apply (Permutation_in _ (merge_permutation _ _)), in_app_or in Hz.
      destruct Hz as [Hz|[<-|Hz]]; [apply Hx, Hz|exact E|].
      apply (le_trans _ y); [exact E|apply Hy, Hz].
    - apply IHl. constructor; assumption.
    - intros z Hz. apply (Permutation_in _ (merge_permutation _ _)), in_app_or in Hz.
      apply le_false in E.
      destruct Hz as [[<-|Hz]|Hz]; [exact E| |apply Hy, Hz].
      apply (le_trans _ x); [exact E|apply Hx, Hz].
    - exact IHm.
  Qed.

  (** Level k of the stack is a run of 2^k elements, or empty; adding a run is adding 1 in binary. *)
  Fixpoint push (run : list A) (stack : list (option (list A))) : list (option (list A)) :=
    match stack with
    | [] => [Some run]
    | None :: s => Some run :: s
    | Some r :: s => None :: push (merge r run) s
    end.

  Fixpoint flatten (stack : list (option (list A))) : list A :=
    match stack with
    | [] => []
    | None :: s => flatten s
    | Some r :: s => merge r (flatten s)
    end.

  Fixpoint push_all (l : list A) (stack : list (option (list A))) : list (option (list A)) :=
    match l with
    | [] => stack
    | x :: l => push_all l (push [x] stack)
    end.

  Definition merge_sort (l : list A) : list A := flatten (push_all l []).

  Definition runs_sorted (stack : list (option (list A))) : Prop :=
    Forall (fun r => match r with Some r => sorted r | None => True end) stack.

  Lemma push_permutation stack : forall run,
    Permutation (flatten (push run stack)) (run ++ flatten stack).
  Proof using.
    induction stack as [|[r|] s IH]; intros run; simpl.
    - rewrite merge_nil_r, app_nil_r. reflexivity.
    - rewrite IH, !merge_permutation, app_assoc.
      apply Permutation_app_tail, Permutation_app_comm.
    - apply merge_permutation.
  Qed.

  Lemma push_sorted stack : forall run, sorted run -> runs_sorted stack -> runs_sorted (push run stack).
  Proof using le_total le_trans.
    induction stack as [|[r|] s IH]; intros run Hrun H; simpl; inversion H; subst.
    - constructor; [exact Hrun|constructor].
    - constructor; [trivial|]. apply IH; [|assumption]. apply merge_sorted; assumption.
    - constructor; assumption.
  Qed.

  Lemma push_all_permutation l : forall stack,
    Permutation (flatten (push_all l stack)) (l ++ flatten stack).
  Proof using.
    induction l as [|x l IH]; intros stack; simpl; [reflexivity|].
    rewrite IH, push_permutation. symmetry. apply Permutation_middle.
  Qed.

  Theorem merge_sort_permutation l : Permutation (merge_sort l) l.
  Proof using.
    unfold merge_sort. rewrite push_all_permutation. simpl. rewrite app_nil_r. reflexivity.
  Qed.

  Theorem merge_sort_sorted l : sorted (merge_sort l).
  Proof.
    assert (all : forall l stack, runs_sorted stack -> runs_sorted (push_all l stack)).
    { clear l. induction l as [|x l IH]; intros stack H; simpl; [exact H|].
      apply IH, push_sorted; [|exact H]. constructor; [intros ? []|constructor]. }
    assert (flat : forall stack, runs_sorted stack -> sorted (flatten stack)).
    { induction 1 as [|[r|] s Hr Hs IH]; simpl; [constructor| |exact IH].
      apply merge_sorted; assumption. }
    apply flat, all. constructor.
  Qed.
End Sorting.

(** ** Sorting twenty thousand numbers *)

(** A linear congruential generator: n numbers that look random. *)
Fixpoint noise (n : nat) (seed : N) : list N :=
  match n with
  | O => []
  | S m => seed :: noise m ((seed * 1103515245 + 12345) mod 2147483648)
  end.

Fixpoint is_sorted (l : list N) : bool :=
  match l with
  | x :: (y :: _) as m => if (x <=? y)%N then is_sorted m else false
  | _ => true
  end.

Theorem noise_sorted : is_sorted (merge_sort N N.leb (noise (100 * 200) 1)) = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

(** ** The pigeonhole principle *)
Section Pigeonhole.
  Variable A : Type.
  Hypothesis eq_dec : forall x y : A, {x = y} + {x <> y}.

  Lemma duplicate_or_nodup (l : list A) :
    NoDup l \/ exists x l1 l2 l3, l = l1 ++ x :: l2 ++ x :: l3.
  Proof using eq_dec.
    induction l as [|x l IH]; [left; constructor|].
    destruct (in_dec eq_dec x l) as [Hin|Hout].
    - right. apply in_split in Hin as (l2 & l3 & ->). exists x, [], l2, l3. reflexivity.
    - destruct IH as [IH|(y & l1 & l2 & l3 & ->)]; [left; constructor; assumption|].
      right. exists y, (x :: l1), l2, l3. reflexivity.
  Qed.

  (** More pigeons than holes: two share one. *)
  Theorem pigeonhole (pigeons holes : list A) :
    incl pigeons holes -> length holes < length pigeons ->
    exists x l1 l2 l3, pigeons = l1 ++ x :: l2 ++ x :: l3.
  Proof using eq_dec.
    intros Hin Hlt. destruct (duplicate_or_nodup pigeons) as [H|H]; [exfalso|exact H].
    pose proof (NoDup_incl_length H Hin). lia.
  Qed.
End Pigeonhole.

(** A function from more values to fewer is not injective. *)
Theorem not_injective n : forall (f : nat -> nat) m,
  n < m -> (forall i, i < m -> f i < n) -> exists i j, i < j < m /\ f i = f j.
Proof.
  assert (search : forall (f : nat -> nat) v k,
    (exists i, i < k /\ f i = v) \/ (forall i, i < k -> f i <> v)).
  { intros f v. induction k as [|k [(i & Hi & E)|IH]]; [right; lia|left; exists i; split; lia|].
    destruct (Nat.eq_dec (f k) v) as [E|E]; [left; exists k; split; lia|].
    right. intros i Hi. destruct (Nat.eq_dec i k) as [->|]; [exact E|apply IH; lia]. }
  induction n as [|n IH]; intros f m Hnm Hf; [specialize (Hf 0); lia|].
  destruct m as [|m]; [lia|].
  destruct (search f (f m) m) as [(i & Hi & E)|Hm]; [exists i, m; split; [lia|exact E]|].
  (* close the gap that the value of m leaves *)
  destruct (IH (fun i => if f m <? f i then f i - 1 else f i) m) as (i & j & Hij & E).
  - lia.
  - intros i Hi. pose proof (Hf i ltac:(lia)). pose proof (Hf m ltac:(lia)).
    pose proof (Hm i Hi). destruct (Nat.ltb_spec (f m) (f i)); lia.
  - exists i, j. split; [lia|].
    pose proof (Hm i ltac:(lia)). pose proof (Hm j ltac:(lia)). cbv beta in E.
    destruct (Nat.ltb_spec (f m) (f i)), (Nat.ltb_spec (f m) (f j)); lia.
Qed.
