/** How fast everything goes, in milliseconds; short, so that a plan takes a second or two. */
export const PACE = { active: 50, rest: 400, timeout: 400, settle: 200, work: 30 };

/** How long HPC Park works. */
export const WORK = {
  createMs: PACE.work,
  // Longer than the operator takes to look again, so that what is on its way out is seen.
  deleteMs: 5 * PACE.work,
  updateMs: PACE.work,
  powerMs: PACE.work,
  storageMs: PACE.work,
};

/** How long a control panel works. */
export const PANEL_WORK = {
  creatingMs: PACE.work,
  initializingMs: 0,
  startingMs: 0,
  stoppingMs: PACE.work,
  updatingMs: 2 * PACE.work,
  dumpingMs: 2 * PACE.work,
  deletingMs: 5 * PACE.work,
  emptyMs: 0,
};
