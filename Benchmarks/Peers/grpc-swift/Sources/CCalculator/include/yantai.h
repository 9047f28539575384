#include "../../../../tables/yantai.h"
