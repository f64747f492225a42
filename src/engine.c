/* SPDX-License-Identifier: MIT
 * The engine as its users see it: one per process, started and stopped by who holds it. */
#include "engine.h"

#if defined(__linux__)
#include "engine_state.h"
#include "process.h"

/* Held by everybody who enters, never by the thread. Which engine there is, and what is never used
 * twice in a process. */
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static seam_engine *current;
static unsigned int last_instance;
static uint32_t last_serial;

/* The engine of this process, behind the gate; NULL when it has none. A parent's is left alone,
 * even its memory: its thread does not exist here, and its descriptors are the parent's, too. */
static seam_engine *enter(void) {
  pthread_mutex_lock(&gate);
  if (current != NULL && current->owner != seam_process_id()) current = NULL;
  return current;
}

static void leave(void) {
  pthread_mutex_unlock(&gate);
}

/* ---- who holds it ---- */

const char *seam_engine_acquire(seam_engine_hold *hold, seam_engine_address *address) {
  const char *refusal = NULL;
  seam_engine *engine = enter();
  if (engine == NULL) {
    engine = current = seam_engine_new(&refusal);
    if (engine != NULL) engine->instance = ++last_instance;
  }
  if (engine != NULL) {
    if (hold->engine != engine) engine->holds++;
    hold->engine = engine;
    address->place = engine->socket.place;
    address->instance = engine->instance;
  }
  leave();
  return refusal;
}

void seam_engine_release(seam_engine_hold *hold) {
  seam_engine *engine = enter(), *last = NULL;
  if (engine != NULL && hold->engine == engine && --engine->holds == 0) {
    last = engine;
    current = NULL;
  }
  hold->engine = NULL;
  leave();
  if (last != NULL) seam_engine_stop(last);
}

/* ---- jobs ---- */

static seam_failure refuse(seam_transfer *transfer, seam_failure failure, const char *message) {
  seam_transfer_fail(transfer, failure, message);
  return failure;
}

seam_failure seam_engine_submit(const seam_engine_hold *hold, seam_transfer *transfer,
                                const seam_request *request, seam_id *id) {
  const char *refusal = seam_request_refusal(request);
  seam_engine *engine;
  seam_job *job;
  int added = -1;
  if (refusal != NULL) return refuse(transfer, SEAM_INVALID_REQUEST, refusal);
  job = seam_job_new(transfer, request);
  if (job == NULL) return refuse(transfer, SEAM_MEMORY, "not enough memory");
  engine = enter();
  if (engine != NULL && engine == hold->engine) {
    pthread_mutex_lock(&engine->lock);
    added = seam_slots_add(&engine->slots, job, ++last_serial);
    pthread_mutex_unlock(&engine->lock);
  }
  leave();
  if (added == 0) {
    *id = seam_slots_id_of(job);
    return SEAM_OK;
  }
  job->transfer = NULL;
  seam_job_free(job);
  return refuse(transfer, SEAM_MEMORY, "there are too many calls at once");
}

seam_transfer *seam_engine_take(const seam_id *id) {
  seam_transfer *transfer = NULL;
  seam_engine *engine = enter();
  seam_job *job = NULL;
  if (engine != NULL) {
    pthread_mutex_lock(&engine->lock);
    job = seam_slots_find(&engine->slots, id);
    if (job != NULL && job->state != SEAM_JOB_DONE) job = NULL;
    if (job != NULL) seam_slots_remove(&engine->slots, job);
    pthread_mutex_unlock(&engine->lock);
  }
  leave();
  if (job == NULL) return NULL;
  transfer = job->transfer;
  job->transfer = NULL;
  seam_job_free(job);
  return transfer;
}

/* Under the lock: the job's place is free. Returns it when it is the caller's to free. */
static seam_job *let_go(seam_engine *engine, seam_job *job) {
  seam_slots_remove(&engine->slots, job);
  if (job->state == SEAM_JOB_NEW) return job;
  if (job->state == SEAM_JOB_DONE) {
    if (!job->reads && !job->is_unheard) seam_outcomes_add(&engine->outcomes, job);
    return job;
  }
  job->state = SEAM_JOB_ABANDONED;
  job->is_mailed = 1;
  job->next_mailed = engine->mailed;
  engine->mailed = job;
  seam_engine_ring(engine);
  return NULL;
}

int seam_engine_drop(const seam_id *id) {
  seam_engine *engine = enter();
  seam_job *job = NULL, *ours = NULL;
  int had_begun = 1; /* of an id that is dead we know nothing better */
  if (engine != NULL) {
    pthread_mutex_lock(&engine->lock);
    job = seam_slots_find(&engine->slots, id);
    if (job != NULL) {
      had_begun = job->state != SEAM_JOB_NEW;
      ours = let_go(engine, job);
    }
    pthread_mutex_unlock(&engine->lock);
  }
  leave();
  if (ours != NULL) seam_job_free(ours);
  return had_begun;
}

/* ---- what there is to tell ---- */

int seam_engine_next_outcome(char line[SEAM_OUTCOME_LENGTH]) {
  seam_engine *engine = enter();
  int found = 0;
  if (engine != NULL) {
    pthread_mutex_lock(&engine->lock);
    found = seam_outcomes_take(&engine->outcomes, line);
    pthread_mutex_unlock(&engine->lock);
  }
  leave();
  return found;
}

size_t seam_engine_writes(void) {
  seam_engine *engine = enter();
  size_t count = 0;
  if (engine != NULL) {
    pthread_mutex_lock(&engine->lock);
    count = engine->writes;
    pthread_mutex_unlock(&engine->lock);
  }
  leave();
  return count;
}

#else /* elsewhere there is no engine, and nothing of it */

const char *seam_engine_acquire(seam_engine_hold *hold, seam_engine_address *address) {
  (void)hold, (void)address;
  return "the engine is for Linux";
}

void seam_engine_release(seam_engine_hold *hold) {
  (void)hold;
}

seam_failure seam_engine_submit(const seam_engine_hold *hold, seam_transfer *transfer,
                                const seam_request *request, seam_id *id) {
  (void)hold, (void)request, (void)id;
  seam_transfer_fail(transfer, SEAM_CLOSED, "the engine is for Linux");
  return SEAM_CLOSED;
}

seam_transfer *seam_engine_take(const seam_id *id) {
  (void)id;
  return NULL;
}

int seam_engine_drop(const seam_id *id) {
  (void)id;
  return 1;
}

int seam_engine_next_outcome(char line[SEAM_OUTCOME_LENGTH]) {
  (void)line;
  return 0;
}

size_t seam_engine_writes(void) {
  return 0;
}
#endif
