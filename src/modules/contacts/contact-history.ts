import type { Transition } from "../../durable/status-machine/protocol.ts";
import { lifecycleStages, stageAt } from "./lifecycle.ts";

/** A transition with the stages it led from and to. */
export type StatusStep = { transition: Transition; oldStage: string | null; newStage: string };

/** What a change tells its transition about the contact. */
export type StageNote = {
  /** The stage that was asked for; null where the status decides. */
  lifecycle_stage: string | null;
  old_lifecycle_stage: string | null;
  new_lifecycle_stage: string;
  notes: string | null;
};

/** Stages along transitions, oldest first, from the stage before them; a change of the status alone takes its own. */
export function stepsOf(transitions: Transition[], before: string | null): StatusStep[] {
  let stage = before;
  return transitions.map((transition) => {
    const { metadata } = transition;
    const oldStage = stageIn(metadata["old_lifecycle_stage"]) ?? stage;
    const newStage =
      stageIn(metadata["new_lifecycle_stage"]) ??
      stageAt(transition.to, stageIn(metadata["lifecycle_stage"]), oldStage);
    stage = newStage;
    return { transition, oldStage: transition.from === null ? null : oldStage, newStage };
  });
}

/** The stage a transition sets; null where it leaves the stage alone. */
export function stageSetBy({ to, metadata }: Transition): string | null {
  const said = stageIn(metadata["lifecycle_stage"]);
  const kept = "";
  const stage = stageAt(to, said, kept);
  return stage === kept ? null : stage;
}

function stageIn(value: unknown): string | null {
  return lifecycleStages.find((stage) => stage === value) ?? null;
}
