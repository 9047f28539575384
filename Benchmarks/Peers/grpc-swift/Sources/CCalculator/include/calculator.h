#include "../../../../../Calculator/C/include/calculator.h"
