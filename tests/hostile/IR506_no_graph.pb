
irlib