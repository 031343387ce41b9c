// SPDX-License-Identifier: GPL-2.0-only
/*
 * An interrupt that is raised by an INT instruction.
 *
 * "int $0x3b" cannot reach a module: the table of vectors is not exported, and a
 * processor with FRED (Linux 6.9 on) has no such table any more and takes the
 * instruction, executed in the kernel, for a fatal mistake. One INT instruction is
 * different: int3, the breakpoint, is reported to everybody who registered for it
 * (register_die_notifier), on all processors. So:
 *
 *	asee_interrupt_raise()	in the task that wrote the file:  int3
 *	int3_notify()		in the exception, as good as an NMI: asks for an irq_work
 *	raise_irq()		in an interrupt, at once: the device's Linux interrupt
 *	asee_irq()		the handler, counted in /proc/interrupts
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irq_work.h>
#include <linux/kdebug.h>
#include <linux/mutex.h>
#include <linux/ptrace.h>

#include "asee_mod.h"
#include "compat.h"

static DEFINE_MUTEX(raising);
static struct irq_work work;
static atomic_t interrupts;
static int irq;

unsigned int asee_interrupt_count(void)
{
	return atomic_read(&interrupts);
}

static irqreturn_t asee_irq(int number, void *channel)
{
	atomic_inc(&interrupts);
	wake_interrupted(channel);
	return IRQ_HANDLED;
}

static void raise_irq(struct irq_work *unused)
{
	asee_handle_irq(irq);
}

#ifdef CONFIG_X86
/*
 * One byte, opcode CC. The two bytes of "int $3" (CD 03) would not do under FRED. The
 * label behind it is the address where the processor reports the stop, so it tells our
 * breakpoint from all others; noinline, so that there is only one.
 */
static noinline void raise_int3(void)
{
	asm volatile(".byte 0xcc\n\t"
		     ANNOTATE_NOENDBR "\n\t"
		     "asee_behind_int3:\n\t" : : : "memory");
}

/*
 * May be called at any point of the kernel, with locks held and interrupts off. Queueing
 * an irq_work is about all that may be done here.
 */
static int int3_notify(struct notifier_block *block, unsigned long event, void *data)
{
	const struct die_args *args = data;

	if (event != DIE_INT3 || user_mode(args->regs) ||
	    args->regs->ip != (unsigned long)asee_behind_int3)
		return NOTIFY_DONE;
	irq_work_queue(&work);
	return NOTIFY_STOP;
}

static struct notifier_block int3_block = {
	.notifier_call = int3_notify,
};

static int listen(void)
{
	return register_die_notifier(&int3_block);
}

/* Waits, too, for a notification that is under way on another processor. */
static void unlisten(void)
{
	unregister_die_notifier(&int3_block);
}
#else
/* No INT instruction here: the interrupt is raised, how is another matter. */
static void raise_int3(void)
{
	irq_work_queue(&work);
}

static int listen(void)
{
	return 0;
}

static void unlisten(void)
{
}
#endif

/*
 * One at a time and not more than about a thousand a second, however often the file is
 * written: each of them wakes everybody.
 */
int asee_interrupt_raise(void)
{
	if (mutex_lock_interruptible(&raising))
		return -EINTR;
	raise_int3();
	irq_work_sync(&work);
	usleep_range(900, 1000);
	mutex_unlock(&raising);
	return 0;
}

/* A Linux interrupt without a wire: nothing to mask, nothing to acknowledge. */
static int irq_setup(void)
{
	int err;

	/*
	 * Owned by nobody: with irq_alloc_desc() this module would be the owner, and
	 * request_irq() would take a reference to it that forbids its unloading for ever.
	 */
	irq = __irq_alloc_descs(-1, 0, 1, NUMA_NO_NODE, NULL, NULL);
	if (irq < 0)
		return irq;
	irq_set_chip_and_handler(irq, &dummy_irq_chip, handle_simple_irq);
	irq_modify_status(irq, IRQ_NOREQUEST, 0);
	err = request_irq(irq, asee_irq, 0, KBUILD_MODNAME, &asee.channel);
	if (err)
		irq_free_desc(irq);
	return err;
}

static void irq_teardown(void)
{
	free_irq(irq, &asee.channel);
	irq_free_desc(irq);
}

int asee_interrupt_init(void)
{
	int err;

	init_irq_work(&work, raise_irq);
	err = irq_setup();
	if (err)
		return err;
	err = listen();
	if (err)
		irq_teardown();
	return err;
}

/*
 * Once the file in sysfs is gone, nobody can raise the interrupt. Then everything is
 * removed from the source to the sink: each step waits until what it removes runs
 * nowhere, and only what was removed before could have started it again.
 */
void asee_interrupt_exit(void)
{
	unlisten();
	irq_work_sync(&work);
	irq_teardown();
}
