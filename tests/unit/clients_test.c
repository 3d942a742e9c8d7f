/* clients_test.c: limits in all and per address, the surplus, deadlines. */
#include "server/clients.h"

#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "server/workers.h"

#define LATER (work_now_ns() + INT64_C(600000000000))

static const struct sockaddr *address(struct sockaddr_in *a, uint32_t last)
{
	*a = (struct sockaddr_in){
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK + last)};
	return (const struct sockaddr *)(const void *)a;
}

static void test_limit_of_all(void **state)
{
	size_t used = mem_used();
	struct err e = ERR_INIT;
	struct clients *c = clients_create(2, &e);
	struct client *x[4];
	struct sockaddr_in a;
	uint32_t i;

	(void)state;
	assert_non_null(c);
	for (i = 0; i < 3; i++) {
		x[i] = clients_add(c, -1, address(&a, i), LATER);
		assert_non_null(x[i]);
		assert_int_equal(x[i]->is_surplus, i >= 2);
	}
	assert_true(atomic_load(&x[0]->reaped.deadline_ns) >
		atomic_load(&x[2]->reaped.deadline_ns) + INT64_C(60000000000));
	clients_remove(c, x[0]);
	clients_remove(c, x[2]);
	x[3] = clients_add(c, -1, address(&a, 9), LATER);
	assert_false(x[3]->is_surplus);
	clients_remove(c, x[1]);
	clients_remove(c, x[3]);
	clients_destroy(c);
	assert_int_equal(mem_used(), used);
}

static void test_limit_of_an_address(void **state)
{
	static struct client *x[CLIENTS_PER_ADDRESS + CLIENTS_SURPLUS];
	struct err e = ERR_INIT;
	struct clients *c = clients_create(100000, &e);
	struct client *other;
	struct sockaddr_in a;
	size_t i;

	(void)state;
	assert_non_null(c);
	for (i = 0; i < sizeof(x) / sizeof(x[0]); i++) {
		assert_true(clients_have_room(c, address(&a, 0)));
		x[i] = clients_add(c, -1, address(&a, 0), LATER);
		assert_non_null(x[i]);
		assert_int_equal(x[i]->is_surplus, i >= CLIENTS_PER_ADDRESS);
	}
	assert_false(clients_have_room(c, address(&a, 0)));
	assert_true(clients_have_room(c, address(&a, 1)));
	other = clients_add(c, -1, address(&a, 1), LATER);
	assert_false(other->is_surplus);
	clients_remove(c, other);
	for (i = 0; i < sizeof(x) / sizeof(x[0]); i++)
		clients_remove(c, x[i]);
	assert_true(clients_have_room(c, address(&a, 0)));
	clients_destroy(c);
}

/* Past its deadline a connection is shut down, whoever holds it. */
static void test_deadline(void **state)
{
	struct err e = ERR_INIT;
	struct clients *c = clients_create(2, &e);
	struct pollfd p = {.events = POLLIN};
	struct client *late, *good;
	int ends[2], others[2];
	struct sockaddr_in a;

	(void)state;
	assert_non_null(c);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, others), 0);
	good = clients_add(c, others[0], address(&a, 0), LATER);
	late = clients_add(c, ends[0], address(&a, 0), work_now_ns());
	p.fd = ends[1];
	assert_int_equal(poll(&p, 1, 20000), 1);
	p.fd = others[1];
	assert_int_equal(poll(&p, 1, 0), 0);
	clients_remove(c, late);
	clients_remove(c, good);
	clients_destroy(c);
	close(ends[0]);
	close(ends[1]);
	close(others[0]);
	close(others[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_limit_of_all),
		cmocka_unit_test(test_limit_of_an_address),
		cmocka_unit_test(test_deadline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
