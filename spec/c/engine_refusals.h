/* SPDX-License-Identifier: MIT
 * What the engine asks of the system, for engine_calls.c: one call of one kind may be refused. */
#ifndef SEAM_SPEC_ENGINE_REFUSALS_H
#define SEAM_SPEC_ENGINE_REFUSALS_H

typedef enum engine_refused_in { ENGINE_REFUSED_HERE, ENGINE_REFUSED_ELSEWHERE } engine_refused_in;

/* The nth of these calls from now on fails with `error`: of this thread's, or of all others'. */
void engine_refuse(const char *call, int nth, int error, engine_refused_in where);

/* Whether that has happened. */
int engine_has_refused(void);

/* Nothing is refused any more. Returns whether something was. */
int engine_refuse_nothing(void);

/* For further calls that are wrapped: whether this one must fail, errno is set then. */
int engine_must_refuse(const char *call);

#endif
