/* schema.h: the text of schema.sql, embedded by the build. */
#ifndef TILES_SCHEMA_H
#define TILES_SCHEMA_H

extern const char tiles_schema_sql[]; /* NUL-terminated */

#endif
