/*
 * Makes the PCI functions of an unmodified QEMU behave, in config space, as those of a server: loaded with LD_PRELOAD
 * into qemu-system-x86_64 of version 7.2 or later, which exports the functions used here for its loadable modules.
 *
 * $GPUDIRECT_LAB_RULES names a file with one function a line: its QEMU id, then key=value (see apply_key).
 * $GPUDIRECT_LAB_FAULTS names a file in which faults are switched while the machine runs (see struct fault).
 *
 * Where a rule cannot be obeyed, or this QEMU is laid out as no QEMU that was understood, QEMU does not start:
 * a machine whose registers are not as the host file says must not pass for one.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* Registers: linux include/uapi/linux/pci_regs.h, which are those of the PCI Express base specification, chapter 7. */
enum {
    VENDOR = 0x00, DEVICE = 0x02, REVISION = 0x08, CLASS = 0x09, HEADER_TYPE = 0x0e, BAR0 = 0x10,
    SUBSYSTEM_VENDOR = 0x2c, SUBSYSTEM_DEVICE = 0x2e, ROM = 0x30, CAPABILITIES = 0x34, BRIDGE_CONTROL = 0x3e,
    BRIDGE_RESET = 0x40, HEADER_END = 0x40,
    CAP_SUBSYSTEM = 0x0d, CAP_EXPRESS = 0x10,
    EXP_FLAGS = 0x02, EXP_FLAGS_SLOT = 0x100, EXP_DEVCAP = 0x04, EXP_DEVCAP_FLR = 1 << 28, EXP_DEVCAP_EXT_TAG = 0x20,
    EXP_DEVCTL = 0x08, EXP_DEVCTL_PAYLOAD = 0x00e0, EXP_LNKCAP = 0x0c, EXP_LNKSTA = 0x12,
    EXP_SLTCAP = 0x14, EXP_SLTSTA_END = 0x1c, EXP_LNKCAP2 = 0x2c, EXP_LNKCTL2 = 0x30,
    LINK_BITS = 0x3ff,
    ECAP_START = 0x100, ECAP_SERIAL = 0x03, ECAP_ACS = 0x0d, ECAP_ATS = 0x0f, ECAP_SRIOV = 0x10,
    CONFIG_SIZE = 0x1000,
};
/* Device Control out of reset: relaxed ordering and no snoop enabled, payload 128 bytes; MaxReadReq is the rule's. */
enum { DEVCTL_RESET = 0x0810, DEVCTL_WRITABLE = 0x79f0 };

typedef struct Object Object;
typedef uint32_t config_read_fn(void *device, uint32_t address, int length);
typedef void config_write_fn(void *device, uint32_t address, uint32_t value, int length);
typedef struct Notifier { void (*notify)(struct Notifier *, void *); void *next, *previous; } Notifier;

/* What is used of QEMU. */
static void (*qemu_add_machine_init_done_notifier)(Notifier *);
static void (*qemu_register_reset)(void (*)(void *), void *);
static Object *(*object_resolve_path)(const char *, bool *);
static Object *(*object_resolve_path_component)(Object *, const char *);
static Object *(*object_dynamic_cast)(Object *, const char *);
static uint8_t (*pci_find_capability)(void *, uint8_t);
static void *(*object_class_by_name)(const char *);
static void *(*object_get_class)(Object *);
static config_read_fn *pci_default_read_config;
static config_write_fn *pci_default_write_config;

/* One record a function in the faults file, after a header of the same size; all zero is a sound function. */
struct fault { uint8_t off_the_bus, speed, width, unused; };
static const struct fault FAULTS_MAGIC = { 'G', 'D', 'L', 'F' };
static const volatile struct fault *faults;
static size_t fault_count;

struct function {
    Object *object;
    char id[64], above[64];
    uint8_t *config, *cmask, *wmask, *w1cmask;
    config_read_fn *read;
    config_write_fn *write;
    unsigned express, devctl, acs, ats, sriov; /* offsets of registers; 0 where there is none */
    uint16_t read_request;                     /* MaxReadReq of Device Control out of reset, in place */
    bool no_bars;
    bool plain_header;                         /* a bridge dressed as an endpoint */
    uint8_t header[HEADER_END];                /* what its header shows after each reset */
    long fault;                                /* record in the faults file; -1 without one */
    struct function *bridge;                   /* the function above */
};
static struct function *functions;
static size_t function_count;

static void refuse(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("pci-registers: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

static unsigned get16(const uint8_t *at) { return at[0] | at[1] << 8; }
static uint32_t get32(const uint8_t *at) { return get16(at) | (uint32_t)get16(at + 2) << 16; }
static void put16(uint8_t *at, unsigned value) { at[0] = value; at[1] = value >> 8; }
static void put32(uint8_t *at, uint32_t value) { put16(at, value); put16(at + 2, value >> 16); }

/* ---- Layout of QEMU's PCIDevice, found by content ---- */

enum { SEARCH_FROM = 64, SEARCH_TO = 4096 };
static size_t config_offset, read_offset;

/* Reads memory that may not be there. */
static bool peek(const void *at, void *into, size_t length)
{
    struct iovec local = { into, length }, remote = { (void *)at, length };
    return process_vm_readv(getpid(), &local, 1, &remote, 1, 0) == (ssize_t)length;
}

/* Whether uint8_t *config, *cmask, *wmask, *w1cmask are at this offset: by what a register's masks must be. */
static bool config_at(Object *object, size_t offset)
{
    uint8_t *pointer[4], header[4][HEADER_END];
    if (!peek((char *)object + offset, pointer, sizeof pointer)) return false;
    for (int i = 0; i < 4; i++)
        if (!pointer[i] || !peek(pointer[i], header[i], HEADER_END)) return false;
    for (unsigned at = 0; at < HEADER_END; at += 4)
        if (pci_default_read_config(object, at, 4) != get32(header[0] + at)) return false;
    /* ids are compared and read-only; the error bits of Status are cleared by writing 1 */
    return get32(header[1] + VENDOR) == 0xffffffff && get32(header[2] + VENDOR) == 0 &&
           get32(header[3] + VENDOR) == 0 && (header[3][0x07] & 0xf8) == 0xf8;
}

static bool code_of_qemu(const void *pointer)
{
    Dl_info info, qemu;
    return dladdr(pointer, &info) && dladdr((void *)pci_default_read_config, &qemu) && info.dli_fbase == qemu.dli_fbase;
}

/* Whether config_read and config_write are at this offset; reads as by default where that is known of the device. */
static bool hooks_at(Object *object, size_t offset, bool by_default)
{
    void *pointer[2];
    if (!peek((char *)object + offset, pointer, sizeof pointer)) return false;
    if (by_default && pointer[0] != (void *)pci_default_read_config) return false;
    return pointer[0] && pointer[1] && code_of_qemu(pointer[0]) && code_of_qemu(pointer[1]);
}

/* The offsets by the chipset's host bridge, which each q35 machine has and which reads config space as by default. */
static void find_layout(void)
{
    Object *bridge = object_resolve_path("/machine/q35/mch", NULL);
    if (!bridge) refuse("this machine has no q35 host bridge; use -machine q35");
    for (size_t offset = SEARCH_FROM; offset < SEARCH_TO; offset += sizeof(void *)) {
        if (config_at(bridge, offset)) {
            if (config_offset) refuse("PCIDevice is laid out in two ways: config at %zu and %zu", config_offset, offset);
            config_offset = offset;
        }
        if (hooks_at(bridge, offset, true)) {
            if (read_offset) refuse("PCIDevice is laid out in two ways: reads at %zu and %zu", read_offset, offset);
            read_offset = offset;
        }
    }
    if (!config_offset || !read_offset)
        refuse("PCIDevice of this QEMU is laid out in a way not known (config %zu, reads %zu); use QEMU 7.2",
               config_offset, read_offset);
}

/* ---- Capabilities ---- */

/* Takes a capability out of the list, as firmware does that switches it off; `keep` has a bit for each id to keep. */
static void keep_capabilities(struct function *f, uint64_t keep)
{
    uint8_t *link = f->config + CAPABILITIES;
    for (int steps = 0; *link && steps < 48; steps++) {
        uint8_t *capability = f->config + (*link & 0xfc);
        if (capability[0] < 64 && keep >> capability[0] & 1) link = capability + 1;
        else *link = capability[1];
    }
}

static unsigned extended_capability(const struct function *f, unsigned id)
{
    unsigned at = ECAP_START;
    for (int steps = 0; at >= ECAP_START && steps < 96; steps++, at = get32(f->config + at) >> 20)
        if ((get32(f->config + at) & 0xffff) == id) return at;
    return 0;
}

static void remove_extended(struct function *f, unsigned id)
{
    unsigned found = extended_capability(f, id), next = found ? get32(f->config + found) >> 20 : 0;
    if (!found) return;
    if (found == ECAP_START) {
        /* The list begins here: a capability that is null keeps the way to the others */
        put32(f->config + found, next ? next << 20 | 1 << 16 : 0);
        return;
    }
    unsigned at = ECAP_START;
    while (get32(f->config + at) >> 20 != found) at = get32(f->config + at) >> 20;
    put32(f->config + at, (get32(f->config + at) & 0xfffff) | next << 20);
}

/* All that QEMU gave: a stand-in shows what the rule says alone. */
static void clear_extended(struct function *f)
{
    memset(f->config + ECAP_START, 0, CONFIG_SIZE - ECAP_START);
    memset(f->wmask + ECAP_START, 0, CONFIG_SIZE - ECAP_START);
    memset(f->w1cmask + ECAP_START, 0, CONFIG_SIZE - ECAP_START);
}

/* At 100h when nothing is there, else behind the highest, where QEMU has nothing (its own end at 200h). */
static unsigned add_extended(struct function *f, unsigned id, unsigned version, unsigned size)
{
    enum { OWN = 0x200, ROOM = 0x80 };
    unsigned at = ECAP_START, last = 0;
    if (!f->express) refuse("%s has no PCI Express config space for capability %#x", f->id, id);
    if (get32(f->config + ECAP_START)) {
        last = ECAP_START;
        at = OWN;
        while (get32(f->config + last) >> 20) {
            last = get32(f->config + last) >> 20;
            if (last >= OWN) at = last + ROOM;
        }
    }
    put32(f->config + at, version << 16 | id);
    memset(f->config + at + 4, 0, size - 4);
    memset(f->wmask + at, 0, size);
    memset(f->w1cmask + at, 0, size);
    memset(f->cmask + at, 0xff, size);
    if (last) put32(f->config + last, (get32(f->config + last) & 0xfffff) | at << 20);
    return at;
}

/* Linux counts the virtual functions' buses from offset and stride, and maps no BAR of size 0. */
static void add_sriov(struct function *f, unsigned total, unsigned device_id)
{
    enum { INITIAL = 0x0c, TOTAL = 0x0e, NUMBER = 0x10, LINK = 0x12, OFFSET = 0x14, STRIDE = 0x16, ID = 0x1a,
           PAGES = 0x1c, PAGE = 0x20, SIZE = 0x40, CONTROL = 0x08 };
    unsigned at = add_extended(f, ECAP_SRIOV, 1, SIZE);
    put16(f->config + at + INITIAL, total);
    put16(f->config + at + TOTAL, total);
    put16(f->config + at + OFFSET, 1);
    put16(f->config + at + STRIDE, 1);
    put16(f->config + at + ID, device_id);
    put32(f->config + at + PAGES, 0x553);
    put32(f->config + at + PAGE, 1);
    put16(f->wmask + at + CONTROL, 0x19);
    put16(f->wmask + at + NUMBER, 0xffff);
    put32(f->wmask + at + PAGE, 0x553);
    f->sriov = at;
}

static void add_acs(struct function *f, unsigned capabilities)
{
    remove_extended(f, ECAP_ACS);
    f->acs = add_extended(f, ECAP_ACS, 1, 8);
    put16(f->config + f->acs + 4, capabilities);
    put16(f->wmask + f->acs + 6, capabilities);
}

static void add_ats(struct function *f, unsigned capabilities)
{
    enum { ENABLE = 0x8000, SMALLEST_UNIT = 0x1f };
    f->ats = add_extended(f, ECAP_ATS, 1, 8);
    put16(f->config + f->ats + 4, capabilities);
    put16(f->wmask + f->ats + 6, ENABLE | SMALLEST_UNIT);
}

static void add_serial(struct function *f, uint32_t high, uint32_t low)
{
    unsigned at = add_extended(f, ECAP_SERIAL, 1, 12);
    put32(f->config + at + 4, low);
    put32(f->config + at + 8, high);
}

/* ---- Rules ---- */

static void add_device_control(struct function *f, unsigned read_request)
{
    f->devctl = f->express + EXP_DEVCTL;
    f->read_request = read_request << 12;
    put16(f->wmask + f->devctl, get16(f->wmask + f->devctl) | DEVCTL_WRITABLE);
}

/* Ports whose device is soldered on have no slot, and firmware keeps no memory for what may be plugged in. */
static void remove_slot(struct function *f)
{
    uint8_t *flags = f->config + f->express + EXP_FLAGS;
    size_t length = EXP_SLTSTA_END - EXP_SLTCAP;
    put16(flags, get16(flags) & ~EXP_FLAGS_SLOT);
    memset(f->config + f->express + EXP_SLTCAP, 0, length);
    memset(f->wmask + f->express + EXP_SLTCAP, 0, length);
    memset(f->w1cmask + f->express + EXP_SLTCAP, 0, length);
}

static void set_link(struct function *f, unsigned speed, unsigned width)
{
    uint8_t *express = f->config + f->express;
    put32(express + EXP_LNKCAP, (get32(express + EXP_LNKCAP) & ~(uint32_t)LINK_BITS) | speed | width << 4);
    put32(express + EXP_LNKCAP2, speed ? ((1u << speed) - 1) << 1 : 0);
    express[EXP_LNKCTL2] = (express[EXP_LNKCTL2] & ~0xf) | speed;
}

static void set_trained(struct function *f, unsigned speed, unsigned width)
{
    uint8_t *status = f->config + f->express + EXP_LNKSTA;
    put16(status, (get16(status) & ~LINK_BITS) | speed | width << 4);
    /* what trained is no property of the machine: a saved state may load where it trained otherwise */
    put16(f->cmask + f->express + EXP_LNKSTA, 0);
}

/* Memory behind a BAR is nothing that the host file tells; without one, no driver gets far and no window fills up. */
static void remove_bars(struct function *f)
{
    f->no_bars = true;
    for (unsigned at = BAR0; at < BAR0 + 24; at += 4) put32(f->config + at, 0), put32(f->wmask + at, 0);
    put32(f->config + ROM, 0);
    put32(f->wmask + ROM, 0);
}

/*
 * A bridge's header becomes an endpoint's: what is a bridge's own neither shows nor can be written. QEMU itself must not
 * take the function for a bridge either, or the DMAR table names it as one and the kernel gives it no IOMMU: it gets
 * the class that all PCI devices have in common. That class is the first member of an object.
 */
static void dress_as_endpoint(struct function *f)
{
    void *plain = object_class_by_name("pci-device");
    if (*(void **)f->object != object_get_class(f->object) || !plain)
        refuse("%s is no object as QEMU 7.2 has them; use QEMU 7.2", f->id);
    *(void **)f->object = plain;
    if (object_dynamic_cast(f->object, "base-pci-bridge")) refuse("%s is still a bridge; use QEMU 7.2", f->id);
    f->write = pci_default_write_config;
    f->plain_header = true;
    f->config[HEADER_TYPE] &= 0x80;
    memset(f->config + BAR0, 0, CAPABILITIES - BAR0);
    memset(f->wmask + BAR0, 0, CAPABILITIES - BAR0);
    memset(f->w1cmask + BAR0, 0, CAPABILITIES - BAR0);
    memset(f->wmask + BRIDGE_CONTROL, 0, 2);
    memset(f->w1cmask + BRIDGE_CONTROL, 0, 2);
}

static void set_subsystem(struct function *f, unsigned vendor, unsigned device)
{
    if ((f->config[HEADER_TYPE] & 0x7f) == 0) {
        put16(f->config + SUBSYSTEM_VENDOR, vendor);
        put16(f->config + SUBSYSTEM_DEVICE, device);
        return;
    }
    unsigned at = pci_find_capability(f->object, CAP_SUBSYSTEM);
    if (at) put16(f->config + at + 4, vendor), put16(f->config + at + 6, device);
}

static unsigned long number(const struct function *f, const char *key, const char **text)
{
    char *end;
    errno = 0;
    unsigned long value = strtoul(*text, &end, 0);
    if (end == *text || errno) refuse("%s: %s has no number at \"%s\"", f->id, key, *text);
    *text = *end ? end + 1 : end;
    return value;
}

/* Rules that any function can have; false where the key is none of these. */
static bool apply_header_key(struct function *f, const char *key, const char *text)
{
    uint8_t *config = f->config;
    unsigned long n = number(f, key, &text);
    if (!strcmp(key, "vendor")) put16(config + VENDOR, n);
    else if (!strcmp(key, "device")) put16(config + DEVICE, n);
    else if (!strcmp(key, "revision")) config[REVISION] = n;
    else if (!strcmp(key, "class")) config[CLASS] = n, put16(config + CLASS + 1, n >> 8);
    else if (!strcmp(key, "subsystem")) set_subsystem(f, n, number(f, key, &text));
    else if (!strcmp(key, "keep")) keep_capabilities(f, n);
    else if (!strcmp(key, "header") && n == 0) dress_as_endpoint(f);
    else if (!strcmp(key, "bars") && n == 0) remove_bars(f);
    else if (!strcmp(key, "extended") && n == 0) clear_extended(f);
    else if (!strcmp(key, "fault")) f->fault = n;
    else return false;
    return true;
}

/* Rules of PCI Express functions; false where the key is none of these. */
static bool apply_express_key(struct function *f, const char *key, const char *text)
{
    uint8_t *express = f->config + f->express;
    unsigned long n = number(f, key, &text);
    if (!strcmp(key, "type")) put16(express + EXP_FLAGS, (get16(express + EXP_FLAGS) & ~0xf0) | n << 4);
    else if (!strcmp(key, "slot") && n == 0) remove_slot(f);
    else if (!strcmp(key, "payload")) express[EXP_DEVCAP] = (express[EXP_DEVCAP] & ~7) | n | EXP_DEVCAP_EXT_TAG;
    else if (!strcmp(key, "readrequest")) add_device_control(f, n);
    else if (!strcmp(key, "link")) set_link(f, n, number(f, key, &text));
    else if (!strcmp(key, "trained")) set_trained(f, n, number(f, key, &text));
    else if (!strcmp(key, "acs")) add_acs(f, n);
    else if (!strcmp(key, "noacs") && n == 1) remove_extended(f, ECAP_ACS);
    else if (!strcmp(key, "ats")) add_ats(f, n);
    else if (!strcmp(key, "vfs")) add_sriov(f, n, number(f, key, &text));
    else if (!strcmp(key, "serial")) add_serial(f, n, number(f, key, &text));
    else return false;
    return true;
}

static void apply_key(struct function *f, const char *key, const char *text)
{
    if (!strcmp(key, "above")) {
        snprintf(f->above, sizeof f->above, "%s", text);
        return;
    }
    if (f->express ? apply_express_key(f, key, text) || apply_header_key(f, key, text) : apply_header_key(f, key, text))
        return;
    refuse("%s: \"%s=%s\" is no rule for %s function", f->id, key, text, f->express ? "a PCI Express" : "a conventional");
}

/* ---- Resets ---- */

enum reset { CONVENTIONAL, FUNCTION_LEVEL };

/* A function-level reset keeps MaxPayload (PCI Express base specification, 6.6.2). */
static void reset_registers(struct function *f, enum reset kind)
{
    /* QEMU's reset puts the types of its BARs back */
    if (f->no_bars) memset(f->config + BAR0, 0, 24);
    if (f->plain_header && kind == CONVENTIONAL) memcpy(f->config + BAR0, f->header + BAR0, CAPABILITIES - BAR0);
    if (f->devctl) {
        unsigned kept = kind == FUNCTION_LEVEL ? get16(f->config + f->devctl) & EXP_DEVCTL_PAYLOAD : 0;
        put16(f->config + f->devctl, DEVCTL_RESET | f->read_request | kept);
    }
    if (f->acs) put16(f->config + f->acs + 6, 0);
    if (f->ats) put16(f->config + f->ats + 6, 0);
    if (f->sriov) {
        put16(f->config + f->sriov + 0x08, 0);
        put16(f->config + f->sriov + 0x10, 0);
        put32(f->config + f->sriov + 0x20, 1);
    }
}

static void reset_below(const struct function *bridge)
{
    for (struct function *f = functions; f < functions + function_count; f++)
        if (f->bridge == bridge) reset_registers(f, CONVENTIONAL), reset_below(f);
}

static void on_machine_reset(void *unused)
{
    (void)unused;
    for (size_t i = 0; i < function_count; i++) reset_registers(&functions[i], CONVENTIONAL);
}

/* ---- Accesses ---- */

static struct function *function_of(const void *device)
{
    /* sorted by address in memory: each config access comes through here */
    size_t low = 0, high = function_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if ((uintptr_t)functions[middle].object < (uintptr_t)device) low = middle + 1;
        else high = middle;
    }
    return &functions[low];
}

static struct fault fault_of(const struct function *f)
{
    struct fault none = { 0 };
    if (!faults || f->fault < 0) return none;
    const volatile struct fault *record = &faults[1 + f->fault];
    return (struct fault){ record->off_the_bus, record->speed, record->width, 0 };
}

static uint32_t read_register(void *device, uint32_t address, int length)
{
    struct function *f = function_of(device);
    struct fault fault = fault_of(f);
    if (fault.off_the_bus) return 0xffffffffu >> (32 - 8 * length);
    uint32_t value = f->read(device, address, length);
    if (!f->express || !fault.speed) return value;
    unsigned status_at = f->express + EXP_LNKSTA;
    for (int i = 0; i < length; i++) {
        unsigned at = address + i;
        if (at != status_at && at != status_at + 1) continue;
        unsigned status = (get16(f->config + status_at) & ~LINK_BITS) | fault.speed | fault.width << 4;
        uint32_t byte = at == status_at ? status & 0xff : status >> 8;
        value = (value & ~(0xffu << 8 * i)) | byte << 8 * i;
    }
    return value;
}

static void write_register(void *device, uint32_t address, uint32_t value, int length)
{
    struct function *f = function_of(device);
    if (fault_of(f).off_the_bus) return;
    bool bridge = (f->config[HEADER_TYPE] & 0x7f) == 1;
    bool was_reset = bridge && f->config[BRIDGE_CONTROL] & BRIDGE_RESET;
    bool flr = f->devctl && address <= f->devctl + 1 && address + length > f->devctl + 1 &&
               (value >> 8 * (f->devctl + 1 - address) & 0x80) &&
               get32(f->config + f->express + EXP_DEVCAP) & EXP_DEVCAP_FLR;
    f->write(device, address, value, length);
    if (flr) reset_registers(f, FUNCTION_LEVEL);
    if (bridge && !was_reset && f->config[BRIDGE_CONTROL] & BRIDGE_RESET) reset_below(f);
}

/* ---- Start ---- */

static void adopt(struct function *f, Object *object)
{
    if (!config_at(object, config_offset) || !hooks_at(object, read_offset, false))
        refuse("%s is laid out otherwise than the host bridge; use QEMU 7.2", f->id);
    uint8_t **masks = (uint8_t **)((char *)object + config_offset);
    void **hooks = (void **)((char *)object + read_offset);
    f->object = object;
    f->config = masks[0];
    f->cmask = masks[1];
    f->wmask = masks[2];
    f->w1cmask = masks[3];
    f->read = (config_read_fn *)hooks[0];
    f->write = (config_write_fn *)hooks[1];
    f->express = pci_find_capability(object, CAP_EXPRESS);
    f->fault = -1;
}

static void apply_rule(struct function *f, char *line)
{
    char *rest, *id = strtok_r(line, " ", &rest), *word;
    Object *peripherals = object_resolve_path("/machine/peripheral", NULL);
    if (strlen(id) >= sizeof f->id) refuse("the id %s is too long", id);
    strcpy(f->id, id);
    Object *object = peripherals ? object_resolve_path_component(peripherals, id) : NULL;
    if (!object) refuse("there is a rule for %s, and QEMU has no such device", id);
    if (!object_dynamic_cast(object, "pci-device")) refuse("%s is no PCI device", id);
    adopt(f, object);
    while ((word = strtok_r(NULL, " ", &rest))) {
        char *value = strchr(word, '=');
        if (!value) refuse("%s: \"%s\" is not key=value", id, word);
        *value = 0;
        apply_key(f, word, value + 1);
    }
    if (f->plain_header) memcpy(f->header, f->config, HEADER_END);
}

static int by_object(const void *a, const void *b)
{
    uintptr_t x = (uintptr_t)((const struct function *)a)->object, y = (uintptr_t)((const struct function *)b)->object;
    return x < y ? -1 : x > y;
}

static char *read_text(const char *path)
{
    FILE *file = fopen(path, "r");
    struct stat status;
    if (!file || fstat(fileno(file), &status)) refuse("the rules %s cannot be read: %s", path, strerror(errno));
    char *text = calloc(1, status.st_size + 1);
    if (!text || fread(text, 1, status.st_size, file) != (size_t)status.st_size) refuse("the rules %s cannot be read", path);
    fclose(file);
    return text;
}

static void load_rules(const char *path)
{
    char *rest, *text = read_text(path);
    size_t lines = 1;
    for (const char *at = text; *at; at++) lines += *at == '\n';
    functions = calloc(lines, sizeof *functions);
    if (!functions) refuse("there is no memory for %zu rules", lines);
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
        if (*line != '#') apply_rule(&functions[function_count++], line);
    free(text);
    qsort(functions, function_count, sizeof *functions, by_object);
    for (size_t i = 0; i < function_count; i++) {
        struct function *f = &functions[i];
        if (i && f[-1].object == f->object) refuse("there are two rules for %s", f->id);
        for (size_t j = 0; *f->above && j < function_count; j++)
            if (!strcmp(functions[j].id, f->above)) f->bridge = &functions[j];
        if (*f->above && !f->bridge) refuse("%s: above=%s has no rule", f->id, f->above);
    }
}

static void map_faults(const char *path)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (descriptor < 0 || fstat(descriptor, &status)) refuse("the faults %s cannot be read: %s", path, strerror(errno));
    size_t records = status.st_size / sizeof *faults;
    if (records == 0) refuse("the faults %s are empty", path);
    const void *mapped = mmap(NULL, status.st_size, PROT_READ, MAP_SHARED, descriptor, 0);
    if (mapped == MAP_FAILED) refuse("the faults %s cannot be mapped: %s", path, strerror(errno));
    close(descriptor);
    if (memcmp(mapped, &FAULTS_MAGIC, sizeof FAULTS_MAGIC)) refuse("the file %s has no faults of this version", path);
    faults = mapped;
    fault_count = records - 1;
    for (size_t i = 0; i < function_count; i++)
        if (functions[i].fault >= (long)fault_count)
            refuse("%s: the faults %s have no record %ld", functions[i].id, path, functions[i].fault);
}

static void on_machine_done(Notifier *notifier, void *unused)
{
    (void)notifier;
    (void)unused;
    const char *faults_path = getenv("GPUDIRECT_LAB_FAULTS");
    find_layout();
    load_rules(getenv("GPUDIRECT_LAB_RULES"));
    if (faults_path) map_faults(faults_path);
    for (size_t i = 0; i < function_count; i++) {
        void **hooks = (void **)((char *)functions[i].object + read_offset);
        hooks[0] = (void *)read_register;
        hooks[1] = (void *)write_register;
    }
    qemu_register_reset(on_machine_reset, NULL);
    fprintf(stderr, "pci-registers: %zu functions\n", function_count);
}

static Notifier machine_done = { .notify = on_machine_done };

static void *symbol(const char *name)
{
    void *found = dlsym(RTLD_DEFAULT, name);
    if (!found) refuse("this QEMU exports no %s; use the distribution's QEMU 7.2, built with modules", name);
    return found;
}

/* Programs on the way to QEMU (env, setsid) load this too: they are left alone, and QEMU's children get it no more. */
__attribute__((constructor)) static void start(void)
{
    char program[4096] = "";
    if (!getenv("GPUDIRECT_LAB_RULES") || readlink("/proc/self/exe", program, sizeof program - 1) < 0) return;
    const char *name = strrchr(program, '/');
    if (strncmp(name ? name + 1 : program, "qemu-system-", 12)) return;
    unsetenv("LD_PRELOAD");
    qemu_add_machine_init_done_notifier = symbol("qemu_add_machine_init_done_notifier");
    qemu_register_reset = symbol("qemu_register_reset");
    object_resolve_path = symbol("object_resolve_path");
    object_resolve_path_component = symbol("object_resolve_path_component");
    object_dynamic_cast = symbol("object_dynamic_cast");
    pci_find_capability = symbol("pci_find_capability");
    object_class_by_name = symbol("object_class_by_name");
    object_get_class = symbol("object_get_class");
    pci_default_read_config = symbol("pci_default_read_config");
    pci_default_write_config = symbol("pci_default_write_config");
    qemu_add_machine_init_done_notifier(&machine_done);
}
