/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What apt downloads is parsed before it is verified, so apt's downloaders give up root
 * for the user '_apt'. That user cannot reach a private cache below /root; therefore, as
 * root, apt runs in a mount namespace of its own, where the private directories appear in
 * the place of the host's /var/lib/apt and /var/cache/apt/archives. A user who is not
 * root has nothing to give up.
 */
#ifndef KMLAB_LAB_KERNEL_APT_USER_H
#define KMLAB_LAB_KERNEL_APT_USER_H

#include "sources.h"

#define APT_USER	  "_apt"
#define APT_USER_STATE	  "/var/lib/apt"
#define APT_USER_ARCHIVES "/var/cache/apt/archives"

/** apt_user_wanted - do we run as root? */
bool apt_user_wanted(void);

/**
 * apt_user_obstacle - why the downloaders of a private apt in @dir must stay root: words
 * that follow "since ", freed by the caller; NULL: they need not. @dir is made reachable
 * for them. @dir and @mirror may be NULL: is it possible at all?
 */
char *apt_user_obstacle(const char *dir, const struct debian_mirror *mirror);

/** apt_user_enter - in a child, before exec: show @dir and, unless NULL, @archives in
 *  their places; with @archives, change to it. */
int apt_user_enter(const char *dir, const char *archives);

/** apt_user_lend - @archives belongs to the downloaders until apt_user_return(), which
 *  makes it and the files in it root's again. */
int apt_user_lend(const char *archives);
int apt_user_return(const char *archives);

#endif
