/*
 * The cut of a partner, with two nodes on one database: docs/models/README.md says which step is which code.
 *
 *   no answer stands in the log after the cut             asserted behind the lock
 *   no answer is written after the cut is effective       asserted at the write, of repeated ones too
 *   nothing waits for ever                                spin's search for invalid end states
 *
 * VARIANT 0 is the protocol. Each other one leaves a piece out, and must be caught:
 *   1 CACHED    the partner's state is asked of the node's copy only
 *   2 WAITED    it is tested in the statement that waits for the lock, and so by that statement's old snapshot
 *   3 LEASE     the cut waits for leases or word that its nodes know of it, and drains nothing
 *   4 REPEATED  a recorded answer is released without the lock
 *   5 LATE      the ticket of an answer is taken after its commit
 *   6 RENEWED   an answer may leave under another lease than the one it was committed under
 *   7 EARLY     the others remove a node's row while its own clock has not ended its lease
 */
#ifndef VARIANT
#define VARIANT 0
#endif
#define CACHED 1
#define WAITED 2
#define LEASE 3
#define REPEATED 4
#define LATE 5
#define RENEWED 6
#define EARLY 7

#ifndef ASKERS
#define ASKERS 2 /* questions under way at a time on the other node; there is one on the node of the command */
#endif
#define NODES 2
#define LAPSES 1

/* The database: all that is committed, and the lock of the log's head. */
bool head_is_locked;
bool is_cut;     /* the partner's row and, in the same commit, the entry of the cut in the log */
bool is_effective;

/* Of each node. */
typedef Node {
  bool knows;      /* its copy of the directory says that the partner is cut */
  bool has_row;    /* in the table of nodes: who cuts waits for its word */
  bool has_lease;  /* by its own clock, which ends it before the others, who count longer, remove the row */
  byte lease;      /* the number of that lease: another one with each row */
  byte tickets[2]; /* answers that may be on their way: of before the drain, and of after it began */
  bit era;
  bool has_drained; /* what the others are told */
}
Node node[NODES];

#define LOCK atomic { !head_is_locked -> head_is_locked = true }

/* One question: it is new, or the repetition of one that was answered before the cut. */
proctype Asker(byte n) {
  bool is_repeated, seen, has_ticket;
  bit era;
  byte lease;

  atomic {
    if
    :: is_repeated = true
    :: is_repeated = false
    fi;
    if
    :: node[n].knows -> goto refused /* the door: saves work, decides nothing */
    :: else
    fi
  }
  if
  :: VARIANT == LATE
  :: else -> d_step { era = node[n].era; node[n].tickets[era]++; has_ticket = true }
  fi;

  if
  :: VARIANT == REPEATED && is_repeated -> lease = node[n].lease; goto release
  :: else
  fi;
  if
  :: VARIANT == WAITED -> seen = is_cut /* the snapshot of a statement that is about to wait */
  :: else
  fi;
  LOCK;
  d_step {
    if
    :: VARIANT == WAITED
    :: VARIANT == CACHED -> seen = node[n].knows
    :: else -> seen = is_cut /* a statement of its own, behind the lock */
    fi;
    lease = node[n].lease /* its age counts from before the commit */
  }
  d_step {
    assert(seen || is_repeated || !is_cut);
    head_is_locked = false
  }
  if
  :: seen -> goto dropped
  :: else
  fi;

  if
  :: VARIANT == LATE -> d_step { era = node[n].era; node[n].tickets[era]++; has_ticket = true }
  :: else
  fi;
release:
  skip;
  /* The last check and the write are one step: what a pause between them can do stands in the threat model. */
  d_step {
    if
    :: VARIANT == LEASE -> assert(!is_effective) /* its lease was asked for when it was admitted */
    :: VARIANT == RENEWED && node[n].has_lease -> assert(!is_effective)
    :: VARIANT != LEASE && VARIANT != RENEWED && node[n].has_lease && node[n].lease == lease -> assert(!is_effective)
    :: else /* too old: replaced by outcome-unknown */
    fi
  }
dropped:
  skip;
  d_step {
    if
    :: has_ticket -> node[n].tickets[era]--
    :: else
    fi
  }
refused:
  skip
}

/* Another node hears of a cut by reading the database, drains, and says so there. */
proctype Watch(byte n) {
  is_cut;
  d_step { node[n].knows = true; node[n].era = 1 }
  node[n].tickets[0] == 0 -> node[n].has_drained = true
}

/*
 * Time: its lease may run out at any moment, as when it is paused, cut off or dead. It is renewed while the row is still
 * there, and is the same one then; or the others remove the row, and it joins again with another lease, or never.
 */
proctype Leases(byte n) {
  byte lapses;
  do
  :: lapses < LAPSES -> lapses++;
     if
     :: VARIANT == EARLY
     :: else -> node[n].has_lease = false
     fi;
     if
     :: node[n].has_lease = true
     :: node[n].has_row = false;
        if
        :: d_step { /* cuts that stand in the log already concern no answer of the new lease */
             node[n].has_drained = (node[n].has_drained || is_cut);
             node[n].lease++;
             node[n].has_row = true;
             node[n].has_lease = true
           }
        :: break
        fi
     fi
  :: break
  od
}

/* The officer's command, on node 0, which drains its own answers first. */
proctype Cut() {
  LOCK;
  d_step { is_cut = true; head_is_locked = false } /* logged */
  d_step { node[0].knows = true; node[0].era = 1 }
  VARIANT == LEASE || node[0].tickets[0] == 0;
  (VARIANT == LEASE && node[1].knows) || node[1].has_drained || !node[1].has_row;
  is_effective = true
}

init {
  byte i;
  atomic {
    node[0].has_lease = true;
    node[1].has_lease = true;
    node[1].has_row = true;
    run Cut();
    run Watch(1);
    run Leases(1);
    run Asker(0);
    for (i : 1 .. ASKERS) {
      run Asker(1)
    }
  }
}
