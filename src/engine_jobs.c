/* SPDX-License-Identifier: MIT
 * What the engine's thread does with jobs: begins them, lets them go, hands their results over. */
#if defined(__linux__)
#include "engine_state.h"

#include "clock.h"

/* ---- running jobs, by their transfers ---- */

static seam_job **bucket_of(seam_engine *engine, const seam_transfer *transfer) {
  return &engine->running[((uintptr_t)transfer / sizeof(void *) / 8) % SEAM_ENGINE_BUCKETS];
}

static void remember(seam_engine *engine, seam_job *job) {
  seam_job **bucket = bucket_of(engine, job->transfer);
  job->next_near = *bucket;
  *bucket = job;
}

static seam_job *forget(seam_engine *engine, const seam_transfer *transfer) {
  seam_job **link = bucket_of(engine, transfer), *job;
  while ((*link)->transfer != transfer) link = &(*link)->next_near;
  job = *link;
  *link = job->next_near;
  job->next_near = NULL;
  return job;
}

/* ---- the end ---- */

/* The transfer is out of the pool's hands. Afterwards the job is its maker's again, who may free it
 * at once; what nobody will take is freed here, or by whoever empties the mailbox it lies in. */
static void finish(seam_engine *engine, seam_job *job) {
  int is_over;
  pthread_mutex_lock(&engine->lock);
  job->has_ended = 1;
  if (job->state == SEAM_JOB_ABANDONED) job->is_unheard = 1;
  if (!job->reads) {
    engine->writes--;
    if (job->is_unheard) seam_outcomes_add(&engine->outcomes, job);
  }
  is_over = job->state == SEAM_JOB_ABANDONED && !job->is_mailed;
  if (job->state != SEAM_JOB_ABANDONED) job->state = SEAM_JOB_DONE;
  pthread_mutex_unlock(&engine->lock);
  if (is_over) seam_job_free(job);
}

static void end(seam_engine *engine, seam_transfer *transfer) {
  seam_job *job = forget(engine, transfer);
  seam_waiter *waiter = job->waiter;
  if (waiter != NULL) waiter->job = NULL;
  job->waiter = NULL;
  finish(engine, job);
  if (waiter != NULL) seam_waiters_tell(waiter);
}

void seam_jobs_collect(seam_engine *engine) {
  seam_transfer *transfer;
  while ((transfer = seam_pool_next_done(&engine->pool)) != NULL) end(engine, transfer);
}

/* ---- the beginning ---- */

/* From here on the job is the thread's. NULL when there is none to begin. */
static seam_job *claim(seam_engine *engine, const seam_id *id) {
  seam_job *job;
  pthread_mutex_lock(&engine->lock);
  job = seam_slots_find(&engine->slots, id);
  if (job != NULL && job->state != SEAM_JOB_NEW) job = NULL;
  if (job != NULL) {
    job->state = SEAM_JOB_QUEUED;
    if (!job->reads) engine->writes++;
  }
  pthread_mutex_unlock(&engine->lock);
  return job;
}

static void submit(seam_engine *engine, seam_job *job) {
  seam_failure failure;
  job->request.timeout -= seam_clock_now() - job->made;
  remember(engine, job);
  failure = seam_pool_submit(&engine->pool, job->transfer, &job->request);
  seam_job_forget_request(job);
  if (failure != SEAM_OK) {
    end(engine, job->transfer);
    return;
  }
  if (seam_pool_in_flight(&engine->pool) == 1) seam_engine_watch_pool(engine);
  engine->must_step = 1;
  pthread_mutex_lock(&engine->lock);
  if (job->state == SEAM_JOB_QUEUED) job->state = SEAM_JOB_RUNNING; /* else it was let go of */
  pthread_mutex_unlock(&engine->lock);
}

int seam_jobs_begin(seam_engine *engine, const seam_id *id, seam_waiter *waiter) {
  seam_job *job = claim(engine, id);
  if (job == NULL) return -1;
  job->waiter = waiter;
  waiter->job = job;
  submit(engine, job);
  return 0;
}

/* ---- nobody waits any more ---- */

static void break_off(seam_engine *engine, seam_job *job) {
  if (!job->reads) return; /* it may move a door: better to know how it ends */
  seam_pool_cancel(job->transfer);
  engine->must_step = 1;
}

void seam_jobs_orphan(seam_engine *engine, seam_job *job) {
  pthread_mutex_lock(&engine->lock);
  job->is_unheard = 1;
  pthread_mutex_unlock(&engine->lock);
  break_off(engine, job);
}

static seam_job *take_mail(seam_engine *engine) {
  seam_job *first, *job;
  pthread_mutex_lock(&engine->lock);
  first = engine->mailed;
  engine->mailed = NULL;
  for (job = first; job != NULL; job = job->next_mailed) job->is_mailed = 0;
  pthread_mutex_unlock(&engine->lock);
  return first;
}

void seam_jobs_empty_mailbox(seam_engine *engine) {
  seam_job *job = take_mail(engine), *next;
  for (; job != NULL; job = next) {
    next = job->next_mailed;
    if (job->has_ended) {
      seam_job_free(job);
    } else {
      break_off(engine, job);
    }
  }
}
#else
typedef int seam_engine_jobs_are_for_linux; /* a file of C must hold something */
#endif
