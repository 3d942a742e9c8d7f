module tilescope.test/questions

go 1.26
