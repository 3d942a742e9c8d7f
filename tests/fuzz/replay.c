/* replay.c — the main of a fuzz target where there is no libFuzzer: runs it once over each file named,
 * and over each file in the folders named. A target that finds a fault aborts. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static int replay_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *bytes = NULL;
	long n = -1;
	int rc = -1;

	if (!f || fseek(f, 0, SEEK_END) != 0 || (n = ftell(f)) < 0)
		goto out;
	rewind(f);
	bytes = malloc((size_t)n); /* of its exact size, so that a read past the end is seen */
	if ((!bytes && n > 0) || fread(bytes, 1, (size_t)n, f) != (size_t)n)
		goto out;
	fprintf(stderr, "%s\n", path);
	LLVMFuzzerTestOneInput(bytes, (size_t)n);
	rc = 1;
out:
	if (rc < 0)
		perror(path);
	free(bytes);
	if (f)
		fclose(f);
	return rc;
}

/* Number of files run, or -1. */
static int replay(const char *path)
{
	struct dirent **names = NULL;
	int n = scandir(path, &names, NULL, alphasort), i, done = 0;

	if (n < 0)
		return replay_file(path);
	for (i = 0; i < n; i++) {
		char *file = NULL;
		int rc = 0;

		if (names[i]->d_name[0] != '.')
			rc = asprintf(&file, "%s/%s", path, names[i]->d_name) < 0
				? -1
				: replay_file(file);
		done = rc < 0 || done < 0 ? -1 : done + rc;
		free(file);
		free(names[i]);
	}
	free(names);
	return done;
}

int main(int argc, char **argv)
{
	int i, n, total = 0;

	for (i = 1; i < argc; i++) {
		n = replay(argv[i]);
		if (n < 0)
			return 1;
		total += n;
	}
	fprintf(stderr, "%d inputs\n", total);
	return total > 0 ? 0 : 1; /* an empty corpus tests nothing */
}
