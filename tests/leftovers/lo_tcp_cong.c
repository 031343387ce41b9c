// SPDX-License-Identifier: GPL-2.0-only
/* expect: pointer lo_tcp_cong */
/* A TCP congestion control stays */
#include <linux/module.h>
#include <net/tcp.h>

static u32 ssthresh(struct sock *sk)
{
	return 2;
}
static void cong_avoid(struct sock *sk, u32 ack, u32 acked)
{
}
static u32 undo_cwnd(struct sock *sk)
{
	return 2;
}
static struct tcp_congestion_ops ops = {
	.ssthresh = ssthresh,
	.cong_avoid = cong_avoid,
	.undo_cwnd = undo_cwnd,
	.owner = THIS_MODULE,
	.name = "lo_tcp_cong",
};

static int __init lo_tcp_cong_init(void)
{
	return tcp_register_congestion_control(&ops);
}
module_init(lo_tcp_cong_init);

static void __exit lo_tcp_cong_exit(void)
{
}
module_exit(lo_tcp_cong_exit);

MODULE_DESCRIPTION("Test: a TCP congestion control stays");
MODULE_LICENSE("GPL");
