/** What is wished of a lesson, checked and turned into what the module reads. */

import type { Asked, Teacher } from "../contract.js";
import { badInput } from "../errors.js";
import { finite, given, json, type Names, unknownName, whole } from "../given.js";
import type { RawWish } from "./calls.js";
import { TEACHERS } from "./teachers.js";
import type { LessonOptions, TeacherOptions } from "./types.js";
import { usualOf } from "./usual.js";

/** Names of the options of `lessonOf`. */
export const LESSON: Names<LessonOptions & TeacherOptions> = { teacher: 1, tau: 1, engagement: 1, seed: 1 };

/** The teacher of that name, and what it needs. */
export function teacherOf(id: Teacher): (typeof TEACHERS)[number] {
  const teacher = TEACHERS.find((one) => one.id === id);
  if (teacher) return teacher;
  throw unknownName(
    "teacher",
    String(id),
    TEACHERS.map((one) => one.id),
  );
}

/** What is wished of this teacher; contradictions are found before anything is asked. */
export function wishOf(teacher: Teacher, { tau, engagement, seed }: LessonOptions & TeacherOptions): RawWish {
  const { id } = teacherOf(teacher);
  finite("tau", tau);
  finite("engagement", engagement);
  whole("seed", seed, 0);
  if (engagement !== undefined && !(engagement >= 0 && engagement <= 1))
    throw badInput(`engagement is ${engagement}`, "Give a share from 0 to 1.");
  if (tau !== undefined && engagement !== undefined)
    throw badInput("tau and engagement exclude each other", "Give one of them.");
  if ((id === "labels" || id === "none") && (tau ?? engagement) !== undefined)
    throw badInput(`tau and engagement say nothing to the teacher ${id}`, "Leave them out.");
  return given({ teacher, tau, engagement, seed });
}

/** What the module's `lesson` is called with. */
export function lessonArguments(asked: readonly Asked[], options: LessonOptions & TeacherOptions): [string, string] {
  if (!Array.isArray(asked) || asked.some((one) => typeof one !== "object" || one === null))
    throw badInput("this is no list of questions that were asked", "Pass the asked of what model.survey gave.");
  const known = (asked as readonly Asked[]).map(({ entropy, spread, confidence, right, refuses, cut }) => ({
    entropy,
    spread,
    confidence,
    right,
    refuses,
    cut,
  }));
  const teacher = options.teacher ?? usualOf(known);
  return [json("what was asked", known), JSON.stringify(wishOf(teacher, options))];
}
