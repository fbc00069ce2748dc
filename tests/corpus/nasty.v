(** Sentences whose ends are hard to find; every Coq from 8.16 to Rocq 9 compiles this file. *)
(**) (***) (*) not the end of this comment *) (* nested (* twice (* thrice *) *) "*)" (* "(*" *) *)
(* a string in a comment: "a doubled "" quote, (* and *)" then a lone ' and a dot. And the end. *)
Definition α := 1. Definition β' := α. (* é ∀ *) Definition a'b := β'. Fail Definition c := nothing.
Module M. Definition y := 0. Module N. Definition z := 1. End N. End M.
Definition qualified := M.y + M.N.z. Import M.N. Definition also := z.
Notation "{ x ; .. ; y }" := (cons x .. (cons y nil) ..) (at level 0).
Notation "f .: g" := (fun x => f (g x)) (at level 60). Definition id2 := S .: S.
Notation "x .1" := (fst x) (at level 1, left associativity, format "x .1").
Definition first := (1, 2).1. Definition second := ((1, 2), 3).1 .1.
Record point := { abscissa : nat; ordinate : nat }.
Definition sum (p : point) := p.(abscissa) + p.(ordinate).
Definition sum' (p : point) := {| abscissa := p.(ordinate); ordinate := 0 |}.
Notation "x +. y" := (x + y) (at level 50). Definition dotted := 1 +. 2 +. 3.
Module Dotted.
  Notation "x '*..' y" := (x * y) (at level 40). Definition two := 1 *.. 2.
End Dotted.
Section Dots.
  Tactic Notation "really" "^." constr(x) := (exact x || fail "No. No"). Tactic Notation "foo." := idtac.
  Lemma with_odd_tactics : True. foo. . really ^. I. Qed.
End Dots.
Ltac bye := exact I. Ltac both t := split; [ t .. | t ].
Lemma bullets : (True /\ True) /\ (True /\ True).
Proof.
  split. - split. + bye. + { bye. }
  -split. { bye. } {bye. }
Qed.
Lemma more_bullets : (True /\ True) /\ True.
Proof with bye.
  split. *** split. **-idtac... **- {{ idtac... }}
  *** Time 1 : (* here *) { idtac; [ idtac .. ]... } Qed.
Lemma selected : True /\ True.
unshelve refine (conj ?[left] ?[ right ]). [ right ] : { bye. }
Fail } Succeed 1:{ Time Fail } Time 1: { bye. } Qed.
Lemma last : True. all:bye. Qed.
