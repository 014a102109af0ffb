import type { ExchangeOperation } from "../simulator/exchange.ts";
import * as account from "./account-operations.ts";
import * as application from "./application-operations.ts";
import * as catalogue from "./catalogue-operations.ts";
import { type ApplicationCreate, createApplication } from "./create-application.ts";
import * as dump from "./dump-operations.ts";
import type { Call, Outcome } from "./outcome.ts";
import * as project from "./project-operations.ts";
import * as status from "./status-operations.ts";
import * as task from "./task-operations.ts";
import * as technology from "./technology-operations.ts";
import * as userList from "./user-list-operations.ts";

/** Each operation looks only at the fields of its own body, and those the contract has checked. */
export type AnyBody = ApplicationCreate &
  project.ProjectUpdate &
  technology.TechnologyUpdate &
  userList.UserListsConnect &
  dump.DumpCreate &
  account.SignIn;

export interface NamedOperation extends ExchangeOperation {
  readonly run: (call: Call<AnyBody>) => Outcome;
  /** Whom it lets in: who signs in, whoever has a token, whoever has rights. */
  readonly entrance?: "sign-in" | "token";
}

const V2 = "/console/api/v2";
const APPLICATION = `${V2}/applications/{ApplicationId}`;
const TASKS = `${V2}/tasks`;
const readsApplication = { reads: "application" };

/** Every operation of the contract, by method and path. */
export const OPERATIONS: Readonly<Record<string, NamedOperation>> = {
  "POST /console/sys/token": {
    name: "signIn",
    run: account.signIn,
    entrance: "sign-in",
    hidesBody: true,
  },
  [`GET ${V2}/me`]: { name: "getMe", run: account.getMe, entrance: "token" },
  [`GET ${V2}/applications`]: {
    name: "listApplications",
    run: application.listApplications,
    ...readsApplication,
  },
  [`POST ${V2}/applications`]: { name: "createApplication", run: createApplication },
  [`GET ${APPLICATION}`]: {
    name: "getApplication",
    run: application.getApplication,
    ...readsApplication,
  },
  [`DELETE ${APPLICATION}`]: { name: "deleteApplication", run: application.deleteApplication },
  [`GET ${APPLICATION}/status`]: { name: "getApplicationStatus", run: status.getStatus },
  [`PUT ${APPLICATION}/status/start`]: { name: "startApplication", run: status.startApplication },
  [`PUT ${APPLICATION}/status/stop`]: { name: "stopApplication", run: status.stopApplication },
  [`PUT ${APPLICATION}/status/suspend`]: {
    name: "suspendApplication",
    run: status.suspendApplication,
  },
  [`PUT ${APPLICATION}/status/restore`]: {
    name: "restoreApplication",
    run: status.restoreApplication,
  },
  [`GET ${APPLICATION}/project`]: { name: "getApplicationProject", run: project.getProjectOf },
  [`POST ${APPLICATION}/project/update`]: { name: "updateProject", run: project.updateProject },
  [`POST ${APPLICATION}/project/reapply`]: { name: "reapplyProject", run: project.reapplyProject },
  [`GET ${APPLICATION}/technology`]: {
    name: "getApplicationTechnology",
    run: technology.getTechnology,
  },
  [`POST ${APPLICATION}/actions/autostarting-processes/start`]: {
    name: "startAutostartingProcesses",
    run: application.startAutostarting,
  },
  [`POST ${APPLICATION}/actions/autostarting-processes/stop`]: {
    name: "stopAutostartingProcesses",
    run: application.stopAutostarting,
  },
  [`GET ${APPLICATION}/userlists`]: { name: "listConnectedUserLists", run: userList.listConnected },
  [`POST ${APPLICATION}/userlists`]: { name: "connectUserLists", run: userList.connectUserLists },
  [`DELETE ${APPLICATION}/userlists/{UserListId}`]: {
    name: "disconnectUserList",
    run: userList.disconnectUserList,
  },
  [`GET ${APPLICATION}/dumps`]: { name: "listDumps", run: dump.listDumps, reads: "dump" },
  [`POST ${APPLICATION}/dumps`]: { name: "createDump", run: dump.createDump },
  [`GET ${APPLICATION}/dumps/{dumpsId}`]: { name: "getDump", run: dump.getDump, reads: "dump" },
  [`DELETE ${APPLICATION}/dumps/{dumpsId}`]: { name: "deleteDump", run: dump.deleteDump },
  [`GET ${TASKS}/application-tasks`]: { name: "listApplicationTasks", run: task.listTasks },
  [`GET ${TASKS}/application-tasks/{taskId}`]: { name: "getApplicationTask", run: task.getTask },
  [`POST ${TASKS}/group-tasks/update-applications-technology`]: {
    name: "updateApplicationsTechnology",
    run: technology.updateTechnology,
  },
  [`GET ${TASKS}/group-tasks/{taskId}`]: { name: "getGroupTask", run: technology.getGroupTask },
  [`GET ${V2}/spaces`]: { name: "listSpaces", run: catalogue.listSpaces },
  [`GET ${V2}/spaces/{SpaceId}`]: { name: "getSpace", run: catalogue.getSpace },
  [`GET ${V2}/projects`]: { name: "listProjects", run: catalogue.listProjects },
  [`GET ${V2}/projects/{ProjectId}`]: { name: "getProject", run: catalogue.getProject },
  [`GET ${V2}/projects/{ProjectId}/assemblies`]: {
    name: "listAssemblies",
    run: catalogue.listAssemblies,
  },
  [`GET ${V2}/user-lists`]: { name: "listUserLists", run: catalogue.listUserLists },
  [`GET ${V2}/dbms/types`]: { name: "listDbmsTypes", run: catalogue.listDbmsTypes },
};
