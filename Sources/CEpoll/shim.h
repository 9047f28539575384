// epoll, which Swift's Glibc module leaves out, and the slack of a thread's timers.
#include <sys/epoll.h>
#include <sys/prctl.h>

// prctl takes any number of arguments, which Swift cannot call.
static inline int set_timer_slack(unsigned long nanoseconds) { return prctl(PR_SET_TIMERSLACK, nanoseconds, 0, 0, 0); }
