/* SPDX-License-Identifier: MIT
 * One call in the engine: a transfer that has not begun, with copies of what its request said. */
#ifndef SEAM_JOB_H
#define SEAM_JOB_H

#include <stdint.h>

#include "transfer.h"

#define SEAM_JOB_LABEL 96

typedef enum seam_job_state {
  SEAM_JOB_NEW,      /* made; its id has not arrived: nothing was sent */
  SEAM_JOB_QUEUED,   /* its id arrived; the thread is about to give it to the pool */
  SEAM_JOB_RUNNING,  /* the pool has it */
  SEAM_JOB_DONE,     /* the result is there, for whoever made the job */
  SEAM_JOB_ABANDONED /* the thread has it, and nobody will ask for the result */
} seam_job_state;

/* Whose a job is, its state says: the maker's while NEW or DONE, the thread's otherwise. `state`,
 * `is_mailed` and `is_unheard` are looked at under the engine's lock alone. */
typedef struct seam_job {
  seam_job_state state;
  int is_mailed;                /* in the mailbox of what the thread is to let go */
  uint32_t slot, serial;        /* its id */
  seam_transfer *transfer;      /* NULL once taken */
  seam_request request;         /* the texts are the job's own */
  double made;                  /* by the monotonic clock: waiting for the thread counts, too */
  int reads;                    /* may be broken off */
  int is_unheard;               /* nobody hears of its end: the outcome is for the log */
  char label[SEAM_JOB_LABEL];   /* "POST /locks/unlock_door": for the log, no secret in it */
  int has_ended;                /* the thread's: the transfer is out of the pool */
  struct seam_waiter *waiter;   /* the thread's */
  struct seam_job *next_mailed; /* in the mailbox */
  struct seam_job *next_near;   /* in the thread's table of running jobs */
} seam_job;

/* Takes the transfer over; NULL when memory ran out, the transfer is the caller's then. */
seam_job *seam_job_new(seam_transfer *transfer, const seam_request *request);

/* The copies go, overwritten first: they may hold a PIN or a password. */
void seam_job_forget_request(seam_job *job);

/* With its transfer, unless that was taken; no pool may hold it any more. */
void seam_job_free(seam_job *job);

#endif
