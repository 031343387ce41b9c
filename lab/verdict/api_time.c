// SPDX-License-Identifier: GPL-2.0-only
/* What changed in timers and clocks. */
#include "api_change.h"

#define R API_RELEASE

const struct api_change api_time[] = {
	{R(6, 15), R(6, 2), .old = {"call del_timer"},
	 .since = "del_timer() is timer_delete()", .new = {"call timer_delete"},
	 .before = "timer_delete() is del_timer()"},
	{R(6, 15), R(6, 2), .old = {"call del_timer_sync"},
	 .since = "del_timer_sync() is timer_delete_sync()",
	 .new = {"call timer_delete_sync"},
	 .before = "timer_delete_sync() is del_timer_sync()"},
	{R(6, 2), .new = {"call timer_shutdown", "call timer_shutdown_sync"},
	 .before = "there is no timer_shutdown_sync(): del_timer_sync(), and arm the "
		   "timer no more"},
	{R(6, 2), .old = {"call del_singleshot_timer_sync"},
	 .since = "there is no del_singleshot_timer_sync(): timer_delete_sync()"},
	{R(6, 16), .old = {"call from_timer"},
	 .since = "from_timer() is timer_container_of()",
	 .new = {"call timer_container_of"},
	 .before = "timer_container_of() is from_timer()"},
	{R(6, 16), .old = {"call try_to_del_timer_sync"},
	 .since = "try_to_del_timer_sync() is timer_delete_sync_try()",
	 .new = {"call timer_delete_sync_try"},
	 .before = "timer_delete_sync_try() is try_to_del_timer_sync()"},
	{R(6, 16), .old = {"call destroy_timer_on_stack"},
	 .since = "destroy_timer_on_stack() is timer_destroy_on_stack()",
	 .new = {"call timer_destroy_on_stack"},
	 .before = "timer_destroy_on_stack() is destroy_timer_on_stack()"},
	{R(4, 15),
	 .old = {"call init_timer", "call setup_timer", "member timer_list.data"},
	 .since = "there is no init_timer() and setup_timer(): timer_setup(&timer, "
		  "function, 0), and the function gets the timer"},
	{R(4, 15), .field = "function", .was = "void (unsigned long)",
	 .is = "void (struct timer_list *)",
	 .old = {"pass init_timer_key void (*)(unsigned long)",
		 "pass timer_init_key void (*)(unsigned long)",
		 "pass timer_setup void (unsigned long)"},
	 .since = "a timer's function gets the timer: void f(struct timer_list *t), with "
		  "from_timer() (timer_container_of() since 6.16)"},
	{R(6, 15), R(6, 13), .old = {"call hrtimer_init"},
	 .since = "hrtimer_init() is hrtimer_setup(), which takes the function too: "
		  "hrtimer_setup(&timer, function, clock, mode)",
	 .new = {"call hrtimer_setup"},
	 .before = "there is no hrtimer_setup(): hrtimer_init(&timer, clock, mode), then "
		   "set timer.function"},

	{R(5, 0), .old = {"call do_gettimeofday"},
	 .since = "there is no do_gettimeofday(): ktime_get_real_ts64(), with struct "
		  "timespec64"},
	{R(5, 6),
	 .old = {"struct timespec", "call timespec_to_ns", "call ns_to_timespec",
		 "call jiffies_to_timespec"},
	 .since = "there is no struct timespec: struct timespec64 and its functions, "
		  "such as ktime_get_ts64()"},
	{R(5, 6),
	 .old = {"struct timeval", "call timeval_to_ns", "call ns_to_timeval",
		 "call jiffies_to_timeval"},
	 .since = "there is no struct timeval: struct timespec64, or ktime_t"},
	{0},
};
