import { Archived, iso } from "../../core/fields.ts";
import { doc, ok, okPage, okRecord, seenVersion, valid } from "../../core/http.ts";
import { may, staffRoutes } from "../../core/routers.ts";
import { answerTask } from "./answer-task.ts";
import { archiveTask } from "./archive-task.ts";
import { changeTaskStatus } from "./change-task-status.ts";
import { createTask } from "./create-task.ts";
import { presentTask } from "./present.ts";
import { getTask, listAssignedTasks, listTasks } from "./queries.ts";
import * as shape from "./schemas.ts";
import { assignTask, updateTask } from "./update-task.ts";

export const taskRoutes = staffRoutes();

taskRoutes.get(
  "/",
  may("view_tasks"),
  doc("List tasks", shape.Task.array()),
  valid("query", shape.TaskQuery),
  async (c) => okPage(c, await listTasks(c.var.ctx, c.req.valid("query")), presentTask),
);

taskRoutes.post(
  "/",
  may("edit_tasks"),
  doc("Add a task; its clock begins", shape.Task, { status: 201 }),
  valid("json", shape.TaskDraft),
  async (c) => {
    const created = await createTask(c.var.ctx, c.req.valid("json"));
    return okRecord(c, presentTask(created), created.task.version, 201);
  },
);

taskRoutes.get(
  "/assigned/:managerId",
  may("view_tasks"),
  doc("List a manager's tasks", shape.Task.array()),
  valid("param", shape.AssigneeId),
  valid("query", shape.AssignedQuery),
  async (c) => {
    const { managerId } = c.req.valid("param");
    return okPage(c, await listAssignedTasks(c.var.ctx, managerId, c.req.valid("query")), presentTask);
  },
);

taskRoutes.get(
  "/:id",
  may("view_tasks"),
  doc("Get a task", shape.Task),
  valid("param", shape.TaskId),
  async (c) => {
    const found = await getTask(c.var.ctx, c.req.valid("param").id);
    return okRecord(c, presentTask(found), found.task.version);
  },
);

taskRoutes.put(
  "/:id",
  may("edit_tasks"),
  doc("Change a task", shape.Task),
  valid("param", shape.TaskId),
  valid("json", shape.TaskChanges),
  async (c) => {
    const { id } = c.req.valid("param");
    const updated = await updateTask(c.var.ctx, id, c.req.valid("json"), seenVersion(c));
    return okRecord(c, presentTask(updated), updated.task.version);
  },
);

taskRoutes.delete(
  "/:id",
  may("edit_tasks"),
  doc("Archive a task", Archived),
  valid("param", shape.TaskId),
  async (c) => {
    const { id, deletedAt } = await archiveTask(c.var.ctx, c.req.valid("param").id);
    return ok(c, { id, deleted_at: iso(deletedAt) });
  },
);

taskRoutes.put(
  "/:id/assign/:managerId",
  may("assign_work"),
  doc("Give a task to a manager of its property", shape.Task),
  valid("param", shape.TaskAssignment),
  async (c) => {
    const { id, managerId } = c.req.valid("param");
    const assigned = await assignTask(c.var.ctx, id, managerId, seenVersion(c));
    return okRecord(c, presentTask(assigned), assigned.task.version);
  },
);

taskRoutes.put(
  "/:id/unassign",
  may("assign_work"),
  doc("Take a task away from whoever has it", shape.Task),
  valid("param", shape.TaskId),
  async (c) => {
    const { id } = c.req.valid("param");
    const updated = await updateTask(c.var.ctx, id, { assigned_to: null }, seenVersion(c));
    return okRecord(c, presentTask(updated), updated.task.version);
  },
);

taskRoutes.put(
  "/:id/status",
  may("edit_tasks"),
  doc("Move a task", shape.Task),
  valid("param", shape.TaskId),
  valid("json", shape.StatusChange),
  async (c) => {
    const { id } = c.req.valid("param");
    const moved = await changeTaskStatus(c.var.ctx, id, c.req.valid("json"), seenVersion(c));
    return okRecord(c, presentTask(moved), moved.task.version);
  },
);

taskRoutes.put(
  "/:id/answer",
  may("edit_tasks"),
  doc("Answer a task and complete it; visitors who were promised an answer are told", shape.Task),
  valid("param", shape.TaskId),
  valid("json", shape.TaskAnswer),
  async (c) => {
    const { id } = c.req.valid("param");
    const answered = await answerTask(c.var.ctx, id, c.req.valid("json"), seenVersion(c));
    return okRecord(c, presentTask(answered), answered.task.version);
  },
);
