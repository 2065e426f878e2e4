
irlib