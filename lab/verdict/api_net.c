// SPDX-License-Identifier: GPL-2.0-only
/* What changed in networking: devices, ethtool, sockets, netlink, netfilter. */
#include "api_change.h"

#define R API_RELEASE

const struct api_change api_net[] = {
	/* devices */
	{R(6, 1), .old = {"args netif_napi_add"},
	 .since = "netif_napi_add() takes no weight: netif_napi_add(dev, napi, poll), or "
		  "netif_napi_add_weight()",
	 .new = {"args netif_napi_add"},
	 .before = "netif_napi_add() takes the weight too: netif_napi_add(dev, napi, "
		   "poll, NAPI_POLL_WEIGHT)"},
	{R(5, 15),
	 .new = {"member net_device_ops.ndo_eth_ioctl",
		 "member net_device_ops.ndo_siocdevprivate"},
	 .before = "there is no ndo_eth_ioctl and ndo_siocdevprivate: ndo_do_ioctl"},
	{R(5, 6), .field = "ndo_tx_timeout", .was = "void (struct net_device *)",
	 .is = "void (struct net_device *, unsigned int)",
	 .since = "ndo_tx_timeout() gets the queue's number too: void f(struct "
		  "net_device *, unsigned int)"},
	{R(5, 17), .old = {"const dev_addr"},
	 .since = "net_device.dev_addr is const: eth_hw_addr_set(dev, address), "
		  "eth_hw_addr_random(dev), or dev_addr_mod()"},
	{R(4, 7), .old = {"member net_device.trans_start"},
	 .since = "net_device.trans_start is gone: netif_trans_update(dev)"},
	{R(4, 12), .old = {"member net_device.destructor"},
	 .since = "net_device.destructor is gone: needs_free_netdev = true, and "
		  "priv_destructor for the rest"},
	{R(6, 12), .old = {"call NETIF_F_LLTX"},
	 .since = "there is no NETIF_F_LLTX: dev->lltx = true",
	 .new = {"member net_device.lltx"},
	 .before = "net_device has no lltx: dev->features |= NETIF_F_LLTX"},
	{R(3, 17), .old = {"args alloc_netdev"},
	 .since = "alloc_netdev() takes where the name comes from: alloc_netdev(size, "
		  "name, NET_NAME_UNKNOWN, setup)"},
	{R(5, 18), .old = {"call netif_rx_ni", "call netif_rx_any_context"},
	 .since = "there is no netif_rx_ni(): netif_rx(), from everywhere"},
	{R(5, 2), .old = {"member sk_buff.xmit_more"},
	 .since = "sk_buff.xmit_more is gone: netdev_xmit_more()"},
	{R(6, 3),
	 .old = {"call u64_stats_fetch_begin_irq", "call u64_stats_fetch_retry_irq"},
	 .since = "there is no u64_stats_fetch_begin_irq(): u64_stats_fetch_begin(), "
		  "u64_stats_fetch_retry()"},
	{R(5, 13), .old = {"args of_get_mac_address"},
	 .since = "of_get_mac_address() fills in the address: of_get_mac_address(node, "
		  "address) returns 0 or -errno",
	 .new = {"args of_get_mac_address"},
	 .before = "of_get_mac_address() returns the address, or ERR_PTR()"},

	/* ethtool */
	{R(5, 17),
	 .old = {"wants (struct net_device *, struct ethtool_ringparam *, struct "
		 "kernel_ethtool_ringparam *"},
	 .since = "get_ringparam() and set_ringparam() get a struct "
		  "kernel_ethtool_ringparam * and a struct netlink_ext_ack * too",
	 .new = {"gives (struct net_device *, struct ethtool_ringparam *, struct "
		 "kernel_ethtool_ringparam *"},
	 .before = "get_ringparam() and set_ringparam() get struct net_device * and "
		   "struct ethtool_ringparam * only"},
	{R(5, 15),
	 .old = {"wants (struct net_device *, struct ethtool_coalesce *, struct "
		 "kernel_ethtool_coalesce *"},
	 .since = "get_coalesce() and set_coalesce() get a struct "
		  "kernel_ethtool_coalesce * and a struct netlink_ext_ack * too",
	 .new = {"gives (struct net_device *, struct ethtool_coalesce *, struct "
		 "kernel_ethtool_coalesce *"},
	 .before = "get_coalesce() and set_coalesce() get struct net_device * and "
		   "struct ethtool_coalesce * only"},
	{R(6, 11), .field = "get_ts_info",
	 .was = "int (struct net_device *, struct ethtool_ts_info *)",
	 .is = "int (struct net_device *, struct kernel_ethtool_ts_info *)",
	 .since = "get_ts_info() gets a struct kernel_ethtool_ts_info *",
	 .before = "get_ts_info() gets a struct ethtool_ts_info *"},

	/* sockets */
	{R(6, 5),
	 .old = {"member proto_ops.sendpage", "member proto.sendpage",
		 "call kernel_sendpage", "call sock_no_sendpage"},
	 .since = "sendpage is gone: sendmsg() with MSG_SPLICE_PAGES"},
	{R(5, 8), .old = {"call kernel_setsockopt", "call kernel_getsockopt"},
	 .since = "there is no kernel_setsockopt(): a function for each option, such as "
		  "sock_set_reuseaddr(), tcp_sock_set_nodelay()"},
	{R(5, 9), .field = "setsockopt",
	 .was = "int (struct socket *, int, int, char *, unsigned int)",
	 .is = "int (struct socket *, int, int, sockptr_t, unsigned int)",
	 .since = "proto_ops.setsockopt() gets a sockptr_t: copy_from_sockptr()"},
	{R(6, 10), .field = "accept",
	 .was = "int (struct socket *, struct socket *, int, bool)",
	 .is = "int (struct socket *, struct socket *, struct proto_accept_arg *)",
	 .since = "proto_ops.accept() gets a struct proto_accept_arg * with flags and "
		  "kern",
	 .before = "proto_ops.accept() gets int flags, bool kern"},
	{R(6, 19), .old = {"wants struct sockaddr_unsized *"},
	 .since = "proto_ops.bind() and .connect() get a struct sockaddr_unsized *",
	 .new = {"gives struct sockaddr_unsized *"},
	 .before = "proto_ops.bind() and .connect() get a struct sockaddr *"},
	{R(6, 19),
	 .old = {"pass kernel_bind struct sockaddr *",
		 "pass kernel_connect struct sockaddr *"},
	 .since = "kernel_bind() and kernel_connect() take a struct sockaddr_unsized *: "
		  "cast to that",
	 .new = {"pass kernel_bind struct sockaddr_unsized *",
		 "pass kernel_connect struct sockaddr_unsized *"},
	 .before = "kernel_bind() and kernel_connect() take a struct sockaddr *"},
	{R(6, 10), .field = "cong_control",
	 .was = "void (struct sock *, const struct rate_sample *)",
	 .is = "void (struct sock *, u32, int, const struct rate_sample *)",
	 .since = "tcp_congestion_ops.cong_control() gets the acknowledged number and "
		  "flags too",
	 .before = "tcp_congestion_ops.cong_control() gets sock and rate_sample only"},

	/* netlink, netfilter */
	{R(3, 7), .old = {"args netlink_kernel_create"},
	 .since = "netlink_kernel_create() takes its options in a struct: "
		  "netlink_kernel_create(net, unit, &cfg)"},
	{R(4, 10), .old = {"call genl_register_family_with_ops"},
	 .since = "there is no genl_register_family_with_ops(): .ops and .n_ops in the "
		  "family, genl_register_family()"},
	{R(6, 2), .field = "pre_doit",
	 .was = "int (const struct genl_ops *, struct sk_buff *, struct genl_info *)",
	 .is = "int (const struct genl_split_ops *, struct sk_buff *, struct genl_info "
	       "*)",
	 .since = "genl_family.pre_doit() gets a const struct genl_split_ops *",
	 .before = "genl_family.pre_doit() gets a const struct genl_ops *"},
	{R(4, 13),
	 .old = {"call nf_register_hook", "call nf_unregister_hook",
		 "call nf_register_hooks"},
	 .since =
		 "there is no nf_register_hook(): nf_register_net_hook(&init_net, &ops)"},
	{0},
};
